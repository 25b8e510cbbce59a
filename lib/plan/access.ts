import type { DatasetSpec } from '../spec/data-lake';
import type { PlatformSpec } from '../spec/platform';
import type { TrainingClusterSpec, TrainingSpec } from '../spec/training';
import { alertWebhooks, receiverName } from './alert-receivers';

/**
 * What a workload may do to a kind of thing. One vocabulary for both clouds; each renders a verb as its own permissions.
 */
export interface AccessVerbs {
  /** A table of the lake. */
  dataset: 'read' | 'write';
  /**
   * A zone. read, write: its files, under files/. evolve: creates its tables and changes their columns. optimize: compacts
   * its tables and expires their snapshots. These two are of the zone and not of each table, so that what may be done fits
   * into one policy however many tables there are.
   */
  zone: 'read' | 'write' | 'evolve' | 'optimize';
  /** Files of the artifact store under one prefix. list: which there are, and not what is in them. */
  prefix: 'list' | 'read' | 'write';
  key: 'encrypt' | 'decrypt';
  /** A repository of container images. */
  repository: 'pull' | 'push';
  /** Versions of a model in the registry. */
  model: 'read' | 'register' | 'approve';
  /** The alert channel. */
  channel: 'publish';
  /** The lock of one thing. */
  lock: 'hold';
  /** Published facts of the platform below one path. write: also records which version of a model serves. */
  parameter: 'read' | 'write';
  /** The private network: interfaces of jobs that run in it. */
  network: 'attach';
  /** A queue's own machines. join: taking work from its scheduler. submit: gives it work, and takes that back. */
  cluster: 'join' | 'submit';
  /** Logs of one workload. */
  log: 'write';
  /** Metrics of one namespace. */
  metric: 'publish';
  /** A generated machine. */
  machine: 'start';
  /**
   * An endpoint by its name, or all of the platform (`EVERY`). deploy: creates it and moves it between versions. retire:
   * deletes it and what belongs to it. list: which there are, and what each is. invoke: asks it.
   */
  endpoint: 'deploy' | 'retire' | 'list' | 'invoke';
  /** How many machines an endpoint may have: begins, changes and ends its scaling. */
  scaling: 'set';
  /** Alarms of an endpoint: creates, arms and deletes them. */
  alarm: 'read' | 'set';
  /**
   * The queue that alerts for one webhook wait in, what could not be started waits for a person in, or steps of a pipeline
   * wait for the cluster in.
   */
  queue: 'consume' | 'send';
  /** One webhook, or one chat channel. */
  webhook: 'invoke';
  /** A secret by its name. */
  secret: 'read';
  /** The training pipeline of a model. start: begins a run and sees how it goes. answer: says how a step of a run ended. */
  pipeline: 'start' | 'answer';
  /** Requests that the endpoint of a model recorded, where they are a table. */
  capture: 'read';
  /** Jobs of one thing, such as the steps of a model's pipeline: creates, watches and stops them. */
  job: 'run';
}

export type AccessKind = keyof AccessVerbs;

/** One permission: `workload` may `verb` the thing `name` of `kind`, because `why`. */
export type AccessEdge = {
  [K in AccessKind]: {
    readonly workload: Workload;
    readonly kind: K;
    readonly verb: AccessVerbs[K];
    readonly name: string;
    readonly why: string;
  };
}[AccessKind];

/**
 * Who acts: trainings; the nodes of a batch cluster and what launches trainings on them; the machine that owns the
 * columns of tables, what starts it, and the optimizer of tables; the approver of one model and what starts it; the
 * endpoint of one model, the machine that decides which version it serves, and what starts that; the machines that look
 * after all endpoints (one deletes those of models that are gone, one looks for endpoints without a model, one publishes
 * how many models serve and since when) and what starts them; the machine that collects frozen snapshots and what starts that;
 * the recorder of network flows; the relay of one webhook, or
 * of all chat channels and webhooks of a channel, and what starts it; the training pipeline of one model, its steps, what
 * runs those of them that are on the batch cluster, what starts that and what launches their containers, what starts the
 * pipeline and what starts that; the drift job of one model, what runs it and what starts that; the router of registry events, and what starts that; what tells of
 * a budget's shares, and what starts that.
 */
export type Workload =
  | 'training'
  | 'training-node'
  | 'training-launcher'
  | 'table-evolution'
  | 'table-evolution-trigger'
  | 'table-optimizer'
  | `approval/${string}`
  | `approval-trigger/${string}`
  | `serving/${string}`
  | `rollout/${string}`
  | `rollout-trigger/${string}`
  | 'retire'
  | 'retire-trigger'
  | 'sweep'
  | 'sweep-trigger'
  | 'scorecard'
  | 'scorecard-trigger'
  | 'collector'
  | 'collector-trigger'
  | `pipeline/${string}`
  | `pipeline-step/${string}`
  | `cluster-step/${string}`
  | `cluster-step-trigger/${string}`
  | `cluster-step-launcher/${string}`
  | `start/${string}`
  | `start-trigger/${string}`
  | `drift/${string}`
  | `drift-watch/${string}`
  | `drift-watch-trigger/${string}`
  | 'flow-recorder'
  | `webhook/${string}`
  | 'alert-relay'
  | `alert-relay/${string}`
  | 'alert-relay-trigger'
  | `alert-relay-trigger/${string}`
  | 'model-events'
  | 'model-events-trigger'
  | 'spend-watch'
  | 'spend-watch-trigger';

/** Keys of a platform by what they protect. */
export const KEYS = ['data', 'artifacts', 'operations'] as const;
export type KeyName = (typeof KEYS)[number];

/** Prefixes of the artifact store. */
export const PREFIXES = {
  artifacts: 'training/artifacts',
  checkpoints: 'training/checkpoints',
  queries: 'queries',
  captures: 'serving/captures',
  snapshots: 'snapshots',
  pipelines: 'pipelines',
  jobs: 'jobs',
  drift: 'drift',
} as const;

/** Name of an edge to every thing of a kind that the platform has, also those that its spec no longer names. */
export const EVERY = '*';

/** Where runs of a model's pipeline leave their results, in the artifact store. */
export const pipelinePrefix = (model: string): string => `${PREFIXES.pipelines}/${model}`;

/** What a workload may do to one thing, and why. */
export type Grant = {
  [K in AccessKind]: readonly [kind: K, verb: AccessVerbs[K], name: string, why: string];
}[AccessKind];

/** Edges of one workload. */
export const edges = (workload: Workload, grants: readonly Grant[]): readonly AccessEdge[] =>
  grants.map(([kind, verb, name, why]) => ({ workload, kind, verb, name, why }) as AccessEdge);

/** Edges but these, each as `prefix write queries`. */
export const without = (all: readonly AccessEdge[], ...left: readonly string[]): readonly AccessEdge[] =>
  all.filter(({ kind, verb, name }) => !left.includes(`${kind} ${verb} ${name}`));

/**
 * What a training may do, given the datasets that it reads. On a batch cluster others pull its image, attach it to the
 * network and carry its log.
 */
export function trainingAccess(
  reads: readonly string[],
  kind: TrainingClusterSpec['kind'] = 'managed',
): readonly AccessEdge[] {
  const managed: readonly Grant[] = [
    ['repository', 'pull', 'training', 'the container that trains'],
    ['network', 'attach', 'training', 'trainings run in private subnets'],
    ['log', 'write', 'training', 'what a training prints'],
  ];
  return edges('training', [
    ...reads.map((dataset): Grant => ['dataset', 'read', dataset, 'training data']),
    ...(reads.length > 0 ? [['key', 'decrypt', 'data', 'training data is encrypted'] satisfies Grant] : []),
    ['prefix', 'write', PREFIXES.artifacts, 'a training leaves its model here'],
    ['prefix', 'write', PREFIXES.checkpoints, 'a training that lost its machine goes on from here'],
    ['key', 'encrypt', 'artifacts', 'artifacts and checkpoints are encrypted'],
    ...(kind === 'managed' ? managed : []),
    ['metric', 'publish', 'training', 'what a training measures'],
  ]);
}

/** What a node of a batch cluster may do; the trainings on it have their own permissions. */
export function trainingNodeAccess(): readonly AccessEdge[] {
  return edges('training-node', [['cluster', 'join', 'training', 'takes trainings from the queue']]);
}

/** What starts a training on a node of a batch cluster. */
export function trainingLauncherAccess(): readonly AccessEdge[] {
  return edges('training-launcher', [
    ['repository', 'pull', 'training', 'the container that trains'],
    ['log', 'write', 'training', 'what a training prints'],
  ]);
}

/** Zones that have datasets, in an order that adding a dataset to one of them leaves as it is. */
export function tableZones(datasets: readonly Pick<DatasetSpec, 'zone'>[]): readonly string[] {
  return [...new Set(datasets.map(({ zone }) => zone))].sort();
}

/** What the machine that creates tables and changes their columns may do, given the zones that have tables. */
export function tableEvolutionAccess(zones: readonly string[]): readonly AccessEdge[] {
  return edges('table-evolution', [
    ...zones.map((zone): Grant => ['zone', 'evolve', zone, 'creates its tables and changes their columns']),
    ['parameter', 'read', 'datasets', 'the columns that are wanted'],
    ['prefix', 'write', PREFIXES.queries, 'the query engine leaves its results here'],
    ['key', 'encrypt', 'data', "a table's metadata is encrypted"],
    ['key', 'encrypt', 'artifacts', 'query results are encrypted'],
    ['lock', 'hold', 'datasets', 'one change of a table at a time'],
    ['channel', 'publish', 'alerts', 'says what was changed and what was refused'],
    ['key', 'encrypt', 'operations', 'the alert channel and the locks are encrypted'],
    ['log', 'write', 'table-evolution', 'every decision is on record'],
  ]);
}

/** What the optimizer of tables may do, given the zones that have tables. */
export function tableOptimizerAccess(zones: readonly string[]): readonly AccessEdge[] {
  return edges('table-optimizer', [
    ...zones.map((zone): Grant => ['zone', 'optimize', zone, 'compacts its tables and expires their snapshots']),
    ['key', 'encrypt', 'data', 'tables are encrypted'],
    ['log', 'write', 'table-optimizer', 'what was compacted and expired'],
  ]);
}

/** What the approver of a model with automatic approval may do. */
export function approvalAccess(model: string): readonly AccessEdge[] {
  return edges(`approval/${model}`, [
    ['model', 'approve', model, 'approves each version that is registered'],
    ['channel', 'publish', 'alerts', 'says when an approval failed'],
    ['key', 'encrypt', 'operations', 'the alert channel is encrypted'],
    ['log', 'write', `approval-${model}`, 'every decision is on record'],
  ]);
}

/** What starts the machine that owns the columns of tables. */
export function tableTriggerAccess(): readonly AccessEdge[] {
  return edges('table-evolution-trigger', [
    ['machine', 'start', 'table-evolution', 'the wanted columns changed'],
    ['key', 'encrypt', 'operations', 'executions of the machine are encrypted'],
  ]);
}

/** What starts the approver of a model. */
export function approvalTriggerAccess(model: string): readonly AccessEdge[] {
  return edges(`approval-trigger/${model}`, [
    ['machine', 'start', `approval/${model}`, 'a version was registered'],
    ['key', 'encrypt', 'operations', 'executions of the machine are encrypted'],
  ]);
}

/** What the recorder of network flows may do. */
export function flowRecorderAccess(): readonly AccessEdge[] {
  return edges('flow-recorder', [['log', 'write', 'network-flows', 'accepted and refused connections are on record']]);
}

/**
 * What carries alerts to one webhook.
 *
 * @param route - the route that it hears of; the channel of the platform without one
 */
export function webhookAccess(webhook: string, route?: string): readonly AccessEdge[] {
  const name = receiverName(webhook, route);
  return edges(`webhook/${name}`, [
    ['queue', 'consume', name, 'alerts wait here until the webhook took them'],
    ['webhook', 'invoke', name, 'hands each alert over'],
    ['key', 'decrypt', 'operations', 'alerts are encrypted'],
  ]);
}

function clusterAccess({ cluster, reads }: TrainingSpec): readonly AccessEdge[] {
  return [
    ...trainingAccess(reads, cluster.kind),
    ...(cluster.kind === 'batch' ? [...trainingNodeAccess(), ...trainingLauncherAccess()] : []),
  ];
}

/** Every permission of a platform's workloads. */
export function planAccess(spec: PlatformSpec): readonly AccessEdge[] {
  const zones = tableZones(Object.values(spec.dataLake?.datasets ?? {}));
  const automatic = Object.entries(spec.models).filter(([, model]) => model.registry.approval === 'automatic');
  return [
    ...(spec.network.mode === 'existing' ? [] : flowRecorderAccess()),
    ...alertWebhooks(spec).flatMap(({ name, route }) => webhookAccess(name, route)),
    ...(spec.training === undefined ? [] : clusterAccess(spec.training)),
    ...(zones.length === 0
      ? []
      : [...tableEvolutionAccess(zones), ...tableTriggerAccess(), ...tableOptimizerAccess(zones)]),
    ...automatic.flatMap(([name]) => [...approvalAccess(name), ...approvalTriggerAccess(name)]),
  ];
}
