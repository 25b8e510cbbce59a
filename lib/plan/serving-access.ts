import type { ServingSpec } from '../spec/serving';
import { type AccessEdge, EVERY, edges, type Grant, PREFIXES, pipelinePrefix } from './access';
import type { PlatformNames } from './names';
import { OPERATIONS } from './outcome-signals';

/** Where the requests are that an endpoint recorded, in the artifact store. */
export const capturePrefix = (model: string): string => `${PREFIXES.captures}/${model}`;

/** Path of the record of the version that serves, below the platform's published facts. */
export const championPath = (model: string): readonly string[] => ['models', model, 'champion'];

/** Path of what the shell of an endpoint publishes, as long as it is there. */
export const servingPath = (model: string): readonly string[] => ['models', model, 'serving'];

/** Path of the address of the machine that retires models, below the platform's published facts. */
export const RETIRE_PATH: readonly string[] = ['operations', 'retire'];

/** The lock of an endpoint: whoever deploys or retires it holds this one. */
export const endpointLock = (endpoint: string): string => `${ENDPOINT_LOCKS}/${endpoint}`;
const ENDPOINT_LOCKS = 'endpoints';

/** What every machine may do: say what it did, and leave a log. */
export const machineGrants = (log: string): readonly Grant[] => [
  ['channel', 'publish', 'alerts', 'says what was done and what was not'],
  ['key', 'encrypt', 'operations', 'the alert channel and the locks are encrypted'],
  ['log', 'write', log, 'every decision is on record'],
];

const startGrants = (machine: string, why: string): readonly Grant[] => [
  ['machine', 'start', machine, why],
  ['key', 'encrypt', 'operations', 'executions of the machine are encrypted'],
];

/** A schedule hands over itself what it could not start; what events could not start is handed over by others. */
export const scheduleGrants = (machine: string, queue: string): readonly Grant[] => [
  ...startGrants(machine, 'once a day'),
  ['queue', 'send', queue, 'what could not be started waits for a person'],
];

/** What the machines of an endpoint may do. */
export function servingAccess(
  model: string,
  endpoint: string,
  serving: Pick<ServingSpec, 'capture'>,
): readonly AccessEdge[] {
  const capture: readonly Grant[] = [
    ['prefix', 'write', capturePrefix(model), 'a part of the requests is recorded'],
    ['key', 'encrypt', 'artifacts', 'recorded requests are encrypted'],
  ];
  return edges(`serving/${model}`, [
    ['repository', 'pull', 'training', 'the container that serves'],
    ['prefix', 'read', PREFIXES.artifacts, 'the model that a training left'],
    ['prefix', 'read', pipelinePrefix(model), 'the model that a run of its pipeline left'],
    ['key', 'decrypt', 'artifacts', 'artifacts are encrypted'],
    ...(serving.capture === undefined ? [] : capture),
    ['network', 'attach', 'serving', 'endpoints run in private subnets'],
    ['log', 'write', `serving-${model}`, 'what the model prints'],
    ['metric', 'publish', 'serving', 'the load of the machines and what the model measures'],
    ['alarm', 'read', endpoint, 'a rollout that its alarms take back looks at them as this role'],
  ]);
}

/**
 * What the machine may do that decides which version a model serves.
 *
 * @param endpoint - name of the endpoint, of the plan
 */
export function rolloutAccess(model: string, endpoint: string): readonly AccessEdge[] {
  const champion = championPath(model).join('/');
  return edges(`rollout/${model}`, [
    ['model', 'read', model, 'the version that was approved'],
    ['endpoint', 'deploy', endpoint, 'moves the endpoint to the version'],
    ['scaling', 'set', endpoint, 'an endpoint that is being moved must not scale'],
    ['alarm', 'set', endpoint, 'watches the new machines alone while they bake'],
    ['parameter', 'read', champion, 'the version that serves'],
    ['parameter', 'read', servingPath(model).join('/'), 'whether the model has a shell still'],
    ['parameter', 'write', champion, 'records the version that serves and the one before'],
    ['lock', 'hold', endpointLock(endpoint), 'one rollout of an endpoint at a time'],
    ...machineGrants(`rollout-${model}`),
  ]);
}

/** What starts the rollout of an approved version. */
export function rolloutTriggerAccess(model: string): readonly AccessEdge[] {
  return edges(`rollout-trigger/${model}`, startGrants(`rollout/${model}`, 'a version was approved'));
}

/** What the machine may do that deletes the endpoints of models that are gone; it outlives their shells. */
export function retireAccess(): readonly AccessEdge[] {
  return edges('retire', [
    ['endpoint', 'list', EVERY, 'what is left of a model'],
    ['endpoint', 'retire', EVERY, 'nothing may run and cost money after its model is gone'],
    ['scaling', 'set', EVERY, 'an endpoint that is being deleted must not scale'],
    ['alarm', 'set', EVERY, 'alarms of a rollout go with the endpoint'],
    ['parameter', 'read', 'models', 'which models there are'],
    ['parameter', 'write', 'models', 'marks the record of the version that served, or removes it'],
    ['lock', 'hold', ENDPOINT_LOCKS, 'waits for a rollout that is under way'],
    ...machineGrants('retire'),
  ]);
}

/** What starts the deletion of an endpoint. */
export function retireTriggerAccess(): readonly AccessEdge[] {
  return edges('retire-trigger', startGrants('retire', 'the shell of a model was deleted'));
}

/** What the machine may do that looks for endpoints without a model. It only tells; it deletes nothing. */
export function sweepAccess(): readonly AccessEdge[] {
  return edges('sweep', [
    ['endpoint', 'list', EVERY, 'what runs'],
    ['parameter', 'read', 'models', 'which models own an endpoint'],
    ...machineGrants('sweep'),
  ]);
}

/** What starts the sweep every day. */
export function sweepTriggerAccess(): readonly AccessEdge[] {
  return edges('sweep-trigger', scheduleGrants('sweep', OPERATIONS));
}

/** What the machine may do that publishes how many models serve and since when. */
export function scorecardAccess(): readonly AccessEdge[] {
  return edges('scorecard', [
    ['endpoint', 'list', EVERY, 'what runs'],
    ['parameter', 'read', 'models', 'which version serves, and since when'],
    ['metric', 'publish', 'models', 'models in production and the age of their versions'],
    ...machineGrants('scorecard'),
  ]);
}

/** What starts the scorecard. */
export function scorecardTriggerAccess(): readonly AccessEdge[] {
  return edges('scorecard-trigger', scheduleGrants('scorecard', OPERATIONS));
}

/** Every permission of serving of a platform. Endpoints are looked after wherever there are models: one that serves no more has still to be retired. */
export function planServingAccess(
  models: Readonly<Record<string, { readonly serving?: ServingSpec | undefined }>>,
  names: PlatformNames,
): readonly AccessEdge[] {
  const ofModels = Object.entries(models).flatMap(([model, { serving }]) =>
    serving === undefined
      ? []
      : [
          ...servingAccess(model, names.of('endpoint', model), serving),
          ...rolloutAccess(model, names.of('endpoint', model)),
          ...rolloutTriggerAccess(model),
        ],
  );
  if (Object.keys(models).length === 0) return [];
  return [
    ...ofModels,
    ...retireAccess(),
    ...retireTriggerAccess(),
    ...sweepAccess(),
    ...sweepTriggerAccess(),
    ...scorecardAccess(),
    ...scorecardTriggerAccess(),
  ];
}
