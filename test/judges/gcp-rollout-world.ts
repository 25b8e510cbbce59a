import type { TerraformStack } from 'cdktf';
import { AlertChannel } from '../../lib/gcp/alerts/alert-channel';
import { keyFromId } from '../../lib/gcp/keys/encryption-key';
import { ModelEvents } from '../../lib/gcp/model-registry/model-events';
import { ModelRegistry, type ModelRegistryProps } from '../../lib/gcp/model-registry/model-registry';
import { ModelRoles } from '../../lib/gcp/model-registry/model-roles';
import { Network } from '../../lib/gcp/network/network';
import { Records } from '../../lib/gcp/records/records';
import { endpointNames } from '../../lib/gcp/serving-endpoint/endpoint-names';
import type { ChampionRecord, RolloutReport } from '../../lib/gcp/serving-endpoint/records';
import { ServingEndpoint, type ServingEndpointProps } from '../../lib/gcp/serving-endpoint/serving-endpoint';
import { PlatformNames } from '../../lib/plan/names';
import { endpointLock } from '../../lib/plan/serving-access';
import { gcpStack, resourcesOf, TARGET } from '../support/gcp-synth';
import type {
  Json,
  WorkflowDocument,
  WorkflowsExecution,
  WorkflowsRequest,
  WorkflowsRun,
} from '../support/workflows-judge';

/** What the tests of rollouts and of the registry's events on Google Cloud share: the workflows, and their world. */

export const NAMES = new PlatformNames('fraud', 'prod');
export const MODEL = NAMES.of('modelGroup', 'detector');
export const ENDPOINT = endpointNames(TARGET, NAMES, 'detector');
export const RECORDS = 'fraud-prod-records-123456789012';
export const CHAMPION = 'models/detector/champion';
export const FACTS = 'models/detector/serving';
export const LOCK = `locks/${endpointLock(ENDPOINT.displayName)}`;
export const ATTACHMENT = `projects/tenant/regions/${TARGET.region}/serviceAttachments/sa-1`;
export const START = Date.parse('2026-01-01T00:00:00Z');

export type ServingProps = Pick<ServingEndpointProps, 'serving' | 'monitoring'>;

/** Five minutes: the shortest that guards allow. Public, unless a test is about addresses. */
const open = { gcp: { access: 'public' } } as const;
export const CANARY: ServingProps = { serving: { ...open, rollout: { strategy: 'canary', bake: '5 minutes' } } };
export const LINEAR: ServingProps = {
  serving: { ...open, replicas: { min: 4, max: 8 }, rollout: { strategy: 'linear', step: '25%', bake: '5 minutes' } },
};
export const AT_ONCE: ServingProps = {
  serving: { ...open, replicas: { min: 1, max: 2 }, rollout: { strategy: 'allAtOnce', bake: '5 minutes' } },
};
export const PRIVATE: ServingProps = { serving: { rollout: { strategy: 'canary', bake: '5 minutes' } } };

const channel = (stack: TerraformStack) =>
  new AlertChannel(stack, 'Alerts', { target: TARGET, platform: NAMES.slug, email: ['risk-ml@example.com'] });

/** A model that serves, in a stack of its own. */
export function servingStack(props: ServingProps = CANARY): { stack: TerraformStack; endpoint: ServingEndpoint } {
  const stack = gcpStack();
  const endpoint = new ServingEndpoint(stack, 'Serving', {
    target: TARGET,
    names: NAMES,
    registry: ModelRegistry.fromNames(stack, 'Registry', { target: TARGET, names: NAMES, model: 'detector' }),
    network: Network.fromNames({
      project: TARGET.project,
      region: TARGET.region,
      networkName: 'fraud-prod',
      subnetworkName: 'fraud-prod',
    }),
    repository: { grantors: { repository: () => {} } },
    artifacts: { grantors: { prefix: () => {} } },
    records: Records.fromName(RECORDS),
    encryptionKey: keyFromId('projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod/cryptoKeys/artifacts'),
    alerts: channel(stack),
    roles: ModelRoles.fromNames({ target: TARGET, names: NAMES }),
    labels: { 'mlops-platform': 'fraud-prod' },
    ...props,
  });
  return { stack, endpoint };
}

/** What hears of the registry, in a stack of its own. */
/** The stack of what hears of the registry. */
export function eventsStack(): TerraformStack {
  const stack = gcpStack();
  new ModelEvents(stack, 'Events', {
    target: TARGET,
    names: NAMES,
    alerts: channel(stack),
    records: Records.fromName(RECORDS),
    encryptionKey: keyFromId('projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod/cryptoKeys/operations'),
  });
  return stack;
}

/** What the registry entry of the model says to it, as a record by its path. */
export function registryRecord(
  props: Pick<ModelRegistryProps, 'approval' | 'rollout'>,
): Readonly<Record<string, unknown>> {
  const stack = gcpStack();
  new ModelRegistry(stack, 'Registry', {
    target: TARGET,
    names: NAMES,
    model: 'detector',
    alerts: channel(stack),
    records: Records.fromName(RECORDS),
    ...props,
  });
  const [facts] = Object.values(resourcesOf(stack, 'google_storage_bucket_object'));
  return { [String(facts?.name)]: JSON.parse(String(facts?.content)) };
}

/** The document of the only workflow of a stack, as Terraform would send it. */
export function documentOfStack(stack: TerraformStack): WorkflowDocument {
  const [workflow] = Object.values(resourcesOf(stack, 'google_workflows_workflow'));
  const source = String(workflow?.source_contents).replaceAll('$${', '${').replaceAll('%%{', '%{');
  return JSON.parse(source) as WorkflowDocument;
}

const known = new Map<string, WorkflowDocument>();

export function rolloutDocument(props: ServingProps = CANARY): WorkflowDocument {
  const key = JSON.stringify(props);
  const document = known.get(key) ?? documentOfStack(servingStack(props).stack);
  known.set(key, document);
  return document;
}

/** What a version does, where it differs from one that is well. */
export interface Behaviour {
  /** p95 of its latency in milliseconds. */
  readonly latency?: number;
  /** Share of the requests that it fails to answer. */
  readonly errors?: number;
  /** It gets no requests in every so manyth minute. */
  readonly idleEvery?: number;
  /** It is well before that instant, and from the other one on. */
  readonly illAt?: string;
  readonly wellAt?: string;
  /** Why it cannot be deployed. */
  readonly deploys?: false | string;
}

export interface Situation {
  readonly props?: ServingProps;
  /** Approvals of versions by number. */
  readonly versions?: Readonly<Record<string, string | undefined>>;
  readonly behaviours?: Readonly<Record<string, Behaviour>>;
  /** Whether the model has a shell. Default: true. */
  readonly owned?: boolean;
  /** More of the endpoint. */
  readonly endpoint?: Json;
  /** More of the bucket of records. */
  readonly records?: Json;
}

const labelled = (approval: string | undefined): Json => ({
  labels: { team: 'risk', ...(approval === undefined ? {} : { 'mlops-approval': approval }) },
});

const behavioursOf = (behaviours: Situation['behaviours'] = {}): Json =>
  Object.fromEntries(Object.entries(behaviours).map(([version, does]) => [`${MODEL}@${version}`, does]));

/** Approves or promotes a version: the argument that the events of the registry give. */
export const approvalOf = (version: number, millis = START - 10_000): Json => ({
  action: 'promote',
  version: String(version),
  reason: 'It was approved.',
  millis,
});

/** A request in a world in which nothing serves yet. */
export function request(situation: Situation = {}, rest: Partial<WorkflowsRequest> = {}): WorkflowsRequest {
  const { props, versions = { 5: 'approved' }, owned = true } = situation;
  return {
    workflows: { [ENDPOINT.workflowName]: rolloutDocument(props) },
    env: { RECORDS_BUCKET: RECORDS },
    start: [{ workflow: ENDPOINT.workflowName, argument: approvalOf(5) }],
    world: {
      now: new Date(START).toISOString(),
      state: {
        storage: { buckets: { [RECORDS]: { ...(owned ? { [FACTS]: {} } : {}), ...situation.records } } },
        aiplatform: {
          models: {
            [MODEL]: {
              versions: Object.fromEntries(Object.entries(versions).map(([version, is]) => [version, labelled(is)])),
            },
          },
          endpoints: {
            [ENDPOINT.endpointName]: {
              displayName: ENDPOINT.displayName,
              ...(props === PRIVATE
                ? { privateServiceConnectConfig: { enablePrivateServiceConnect: true, serviceAttachment: ATTACHMENT } }
                : {}),
              ...situation.endpoint,
            },
          },
          behaviours: behavioursOf(situation.behaviours),
          seconds: { deploy: 300, undeploy: 60 },
        },
      },
    },
    ...rest,
  };
}

/** Where what has served so far has grown to so many machines. */
export function grown(asked: WorkflowsRequest, machines: number): WorkflowsRequest {
  const copy = structuredClone(asked);
  const { endpoints } = vertex(copy.world as World);
  for (const one of endpoints[ENDPOINT.endpointName]?.deployedModels ?? [])
    Object.assign(one, { status: { availableReplicaCount: machines } });
  return copy;
}

type World = WorkflowsRun['world'];
type VertexState = {
  readonly models: Record<
    string,
    { readonly versions: Record<string, Json & { readonly aliases?: readonly string[] }> }
  >;
  readonly endpoints: Record<string, EndpointState>;
  readonly behaviours: Json;
};
interface EndpointState {
  readonly trafficSplit?: Readonly<Record<string, number>>;
  readonly deployedModels?: readonly {
    readonly id: string;
    readonly modelVersionId: string;
    readonly displayName?: string;
    readonly dedicatedResources?: { readonly minReplicaCount: number };
  }[];
  readonly history?: readonly (readonly [string, Readonly<Record<string, number>>])[];
  readonly served?: Readonly<Record<string, string>>;
}

const vertex = (world: Pick<World, 'state'>): VertexState => world.state.aiplatform as unknown as VertexState;

/** The same workflow in the world that another run left, changed. */
export function later(
  run: Pick<WorkflowsRun, 'world'>,
  changes: {
    readonly argument?: unknown;
    /** Instead of an argument: the version that was approved just before. */
    readonly approved?: number;
    readonly afterSeconds?: number;
    readonly props?: ServingProps;
    readonly versions?: Situation['versions'];
    readonly behaviours?: Situation['behaviours'];
    readonly rest?: Partial<WorkflowsRequest>;
  } = {},
): WorkflowsRequest {
  const { approved, afterSeconds = 60 } = changes;
  const millis = Date.parse(run.world.now) + afterSeconds * 1000;
  const state = structuredClone(run.world.state) as World['state'];
  const { models, behaviours } = vertex({ state });
  const versions = { ...(approved === undefined ? {} : { [approved]: 'approved' }), ...changes.versions };
  for (const [version, is] of Object.entries(versions)) {
    const held = models[MODEL]?.versions;
    if (held !== undefined) held[version] = { ...held[version], ...labelled(is as string | undefined) };
  }
  Object.assign(behaviours, behavioursOf(changes.behaviours));
  return {
    workflows: { [ENDPOINT.workflowName]: rolloutDocument(changes.props) },
    env: { RECORDS_BUCKET: RECORDS },
    start: [
      {
        workflow: ENDPOINT.workflowName,
        argument: 'argument' in changes ? changes.argument : approvalOf(approved ?? 5, millis - 10_000),
      },
    ],
    world: { ...run.world, now: new Date(millis).toISOString(), state },
    ...changes.rest,
  };
}

/** What an execution left behind: who serves how much, what is deployed, aliases, the record, and what was announced. */
export function left(run: Pick<WorkflowsRun, 'world' | 'log'>) {
  const { endpoints, models } = vertex(run.world);
  const endpoint = endpoints[ENDPOINT.endpointName];
  const versionOf = (id: string): string => endpoint?.served?.[id]?.replace(/^.*@/, '') ?? id;
  const byVersion = (split: Readonly<Record<string, number>> = {}) =>
    Object.fromEntries(Object.entries(split).map(([id, share]) => [versionOf(id), share]));
  const objects = (run.world.state.storage as unknown as { buckets: Record<string, Record<string, { text: string }>> })
    .buckets[RECORDS];
  const record = objects?.[CHAMPION]?.text;
  return {
    /** Percent of the traffic by version. */
    traffic: byVersion(endpoint?.trafficSplit),
    /** The same, one entry for each change. */
    history: (endpoint?.history ?? []).map(([, split]) => byVersion(split)),
    /** Versions that are deployed. */
    deployed: (endpoint?.deployedModels ?? []).map(({ modelVersionId }) => modelVersionId).sort(),
    models: endpoint?.deployedModels ?? [],
    /** Machines that each of them has at least. */
    machines: (endpoint?.deployedModels ?? []).map(({ dedicatedResources }) => dedicatedResources?.minReplicaCount),
    /** Versions by alias. */
    aliases: Object.fromEntries(
      Object.entries(models[MODEL]?.versions ?? {}).flatMap(([version, { aliases = [] }]) =>
        aliases.filter((alias) => alias !== 'default').map((alias) => [alias, version]),
      ),
    ),
    record: record === undefined ? undefined : (JSON.parse(record) as ChampionRecord),
    objects: Object.keys(objects ?? {}),
    locks: Object.keys(objects ?? {}).filter((name) => name.startsWith('locks/')),
    ...said(run),
  };
}

interface Entry {
  readonly signal?: string;
  readonly [field: string]: unknown;
}

/** Signals that were announced in a run, in order, and the last announcement. */
export function said(run: Pick<WorkflowsRun, 'log'>) {
  const entries = run.log.map(({ json }) => (json ?? {}) as Entry).filter(({ signal }) => signal !== undefined);
  return { announced: entries.map(({ signal }) => signal?.replace(/^detector-/, '')), said: entries.at(-1) };
}

/** The report of an execution. */
export const reportOf = (execution: WorkflowsExecution | undefined): RolloutReport | undefined =>
  execution?.result as RolloutReport | undefined;
