import type { ReceiversSpec } from '../spec/alerts';
import type { PlatformSpec } from '../spec/platform';
import { hasOwnAccount } from '../spec/serving';
import type { TrainingClusterSpec } from '../spec/training';
import { type AccessEdge, EVERY, edges, type Grant, trainingAccess } from './access';
import { alertChannels } from './alert-receivers';
import { planGcpDriftAccess } from './drift/gcp-drift-access';
import { submissionGrants } from './gcp-submission-grants';
import type { PlatformNames } from './names';
import { planGcpPipelineAccess } from './pipeline/gcp-pipeline-access';
import { collectorAccess, isCollected } from './pipeline/snapshot-collection';
import { retireAccess, rolloutAccess, scorecardAccess, servingAccess, sweepAccess } from './serving-access';

/**
 * What carries alerts to chat channels and webhooks: one for all of a channel, as Monitoring tells them all through one
 * topic. Of a receiver that took nothing the channel of the platform hears, also where it is one of a route.
 *
 * @param receivers - by name, each with the name of the secret that it takes
 * @param route - the route that they hear of; the channel of the platform without one
 */
export function alertRelayAccess(receivers: Readonly<Record<string, string>>, route?: string): readonly AccessEdge[] {
  return edges(route === undefined ? 'alert-relay' : `alert-relay/${route}`, [
    ...Object.entries(receivers).flatMap(([name, secret]): Grant[] => [
      ['webhook', 'invoke', name, 'hands each alert over'],
      ['secret', 'read', secret, 'what the receiver knows the platform by'],
    ]),
    ['channel', 'publish', 'alerts', 'says when a receiver did not take an alert'],
    ['log', 'write', route === undefined ? 'alert-relay' : `alert-relay-${route}`, 'every delivery is on record'],
  ]);
}

/** Where the shares of the budget that somebody was told of are kept, one record a month, share and kind. */
export const SPEND_RECORDS = 'spend';

/** What tells of the shares of a budget, each once a month: Google reports the spend many times a day. */
export function spendWatchAccess(): readonly AccessEdge[] {
  return edges('spend-watch', [
    ['parameter', 'write', SPEND_RECORDS, 'tells of a share once'],
    ['channel', 'publish', 'alerts', 'says that a share is spent or forecast to be'],
    ['log', 'write', 'spend-watch', 'every decision is on record'],
  ]);
}

type Trigger =
  | 'alert-relay-trigger'
  | `alert-relay-trigger/${string}`
  | 'model-events-trigger'
  | 'sweep-trigger'
  | 'scorecard-trigger'
  | 'collector-trigger'
  | 'spend-watch-trigger';

const starts = (workload: Trigger) =>
  edges(workload, [['machine', 'start', workload.replace('-trigger', ''), 'an event, or the time of a schedule']]);

export const alertRelayTriggerAccess = (route?: string): readonly AccessEdge[] =>
  starts(route === undefined ? 'alert-relay-trigger' : `alert-relay-trigger/${route}`);
export const spendWatchTriggerAccess = (): readonly AccessEdge[] => starts('spend-watch-trigger');
export const modelEventsTriggerAccess = (): readonly AccessEdge[] => starts('model-events-trigger');
export const gcpSweepTriggerAccess = (): readonly AccessEdge[] => starts('sweep-trigger');
export const gcpScorecardTriggerAccess = (): readonly AccessEdge[] => starts('scorecard-trigger');
export const gcpCollectorTriggerAccess = (): readonly AccessEdge[] => starts('collector-trigger');

/**
 * What a training may do. It pulls its image and carries its log itself on both kinds of cluster; on machines of a batch
 * cluster it also tells Batch how it goes.
 */
export function gcpTrainingAccess({
  reads,
  kind,
}: {
  readonly reads: readonly string[];
  readonly kind: TrainingClusterSpec['kind'];
}): readonly AccessEdge[] {
  return [
    ...trainingAccess(reads),
    ...(kind === 'batch' ? edges('training', [['cluster', 'join', 'training', 'tells Batch how it goes']]) : []),
  ];
}

/** Path of what to start trainings with, below the platform's published facts. */
export const DEFAULTS_PATH: readonly string[] = ['training', 'defaults'];

/** What submits trainings to the batch cluster, waits for them and reports. */
export function batchSubmissionAccess(): readonly AccessEdge[] {
  return edges('training-launcher', [
    ...submissionGrants('training-launcher'),
    ['channel', 'publish', 'alerts', 'says when a training failed'],
  ]);
}

/** Where what was last seen of each version is kept, below the platform's published facts. */
export const MODEL_EVENT_RECORDS = 'model-events';

/** Where the stack of each model says how its versions are approved and rolled out, likewise. */
export const REGISTRY_RECORDS = 'registry';

/** Path of what is said there of one model, by the last part of its resource name. */
export const registryPath = (modelName: string): readonly string[] => [REGISTRY_RECORDS, modelName];

/**
 * What hears of every change in the registry: tells people, approves what is approved by itself, starts rollouts. It is one
 * for all models and reads what each wants, so that models come and go without it.
 */
export function modelEventsAccess(): readonly AccessEdge[] {
  return edges('model-events', [
    ['parameter', 'read', REGISTRY_RECORDS, 'how versions of a model are approved and rolled out'],
    ['model', 'read', EVERY, 'the version that was registered, approved or rejected'],
    ['model', 'approve', EVERY, 'approves each version that is registered, where that is so'],
    ['machine', 'start', `rollout/${EVERY}`, 'a version was approved'],
    ['parameter', 'write', MODEL_EVENT_RECORDS, 'tells of each change once'],
    ['channel', 'publish', 'alerts', 'says what was registered, approved and rejected'],
    ['log', 'write', 'model-events', 'every decision is on record'],
  ]);
}

/** Secrets of the receivers that the relay tells, by the receiver's name. */
export function relayedSecrets({ slack, webhooks }: Pick<ReceiversSpec, 'slack' | 'webhooks'>): Record<string, string> {
  return {
    ...Object.fromEntries(
      Object.entries(slack).flatMap(([name, { gcp }]) => (gcp === undefined ? [] : [[`slack-${name}`, gcp.secret]])),
    ),
    ...Object.fromEntries(Object.entries(webhooks).map(([name, { secret }]) => [`webhook-${name}`, secret])),
  };
}

/**
 * Every permission of a platform's workloads on Google Cloud. Trainings, endpoints, rollouts and the care of endpoints may
 * do there what they may do everywhere; what starts and carries them is the cloud's own. Containers that run as an account of
 * Vertex AI's are no workload of the platform.
 */
export function planGcpAccess(spec: PlatformSpec, names: PlatformNames): readonly AccessEdge[] {
  const served = Object.entries(spec.models).flatMap(([model, { serving }]) =>
    serving === undefined ? [] : [{ model, serving, endpoint: names.of('endpoint', model) }],
  );
  return [
    ...alertChannels(spec).flatMap(({ route, receivers }) => {
      const secrets = relayedSecrets(receivers);
      if (Object.keys(secrets).length === 0) return [];
      return [...alertRelayAccess(secrets, route), ...alertRelayTriggerAccess(route)];
    }),
    ...(spec.governance.budget === undefined || spec.gcp?.billingAccount === undefined
      ? []
      : [...spendWatchAccess(), ...spendWatchTriggerAccess()]),
    ...(spec.training === undefined
      ? []
      : gcpTrainingAccess({ reads: spec.training.reads, kind: spec.training.cluster.kind })),
    ...(spec.training?.cluster.kind === 'batch' ? batchSubmissionAccess() : []),
    ...planGcpDriftAccess(spec.models),
    ...planGcpPipelineAccess(spec.models, names),
    ...(isCollected(spec.models, names) ? [...collectorAccess(), ...gcpCollectorTriggerAccess()] : []),
    ...served.flatMap(({ model, serving, endpoint }) => [
      ...(hasOwnAccount(serving) ? servingAccess(model, endpoint, serving) : []),
      ...rolloutAccess(model, endpoint),
    ]),
    ...(Object.keys(spec.models).length === 0
      ? []
      : [
          ...modelEventsAccess(),
          ...modelEventsTriggerAccess(),
          ...retireAccess(),
          ...sweepAccess(),
          ...gcpSweepTriggerAccess(),
          ...scorecardAccess(),
          ...gcpScorecardTriggerAccess(),
        ]),
  ];
}
