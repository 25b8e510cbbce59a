import type { ModelSpec } from '../../spec/model';
import { type AccessEdge, edges, PREFIXES } from '../access';
import { pipelinePrefix } from '../pipeline/pipeline-access';
import { capturePrefix } from '../serving-access';
import { driftAccess, driftTriggerAccess, driftWatchAccess, PROVIDED_IMAGES } from './drift-access';

type Watched = Pick<ModelSpec, 'monitoring'>;

/** Edges without those of these kinds and names. */
const without = (all: readonly AccessEdge[], ...left: readonly string[]): readonly AccessEdge[] =>
  all.filter(({ kind, name }) => !left.includes(`${kind} ${name}`));

/** What the drift job may do there: its image is everybody's, and the machine copies the requests for it. */
export const gcpDriftAccess = (model: string, spec: Watched): readonly AccessEdge[] =>
  without(driftAccess(model, spec), `repository ${PROVIDED_IMAGES}`, `prefix ${capturePrefix(model)}`);

/** What the machine may do there that runs the job: requests are a table, and no query leaves anything behind. */
export const gcpDriftWatchAccess = (model: string, spec: Watched): readonly AccessEdge[] => [
  ...without(
    driftWatchAccess(model, spec),
    `prefix ${capturePrefix(model)}`,
    `prefix ${pipelinePrefix(model)}`,
    `prefix ${PREFIXES.queries}`,
  ),
  ...edges(`drift-watch/${model}`, [['capture', 'read', model, 'copies the requests of the window']]),
];

/** What starts it: the scheduler tries again by itself, and what it gives up is in its log. */
export const gcpDriftTriggerAccess = (model: string): readonly AccessEdge[] =>
  without(driftTriggerAccess(model), `queue ${model}`);

/** Every permission of drift of a platform there. */
export function planGcpDriftAccess(models: Readonly<Record<string, Watched>>): readonly AccessEdge[] {
  return Object.entries(models).flatMap(([model, spec]) =>
    spec.monitoring?.drift === undefined
      ? []
      : [...gcpDriftAccess(model, spec), ...gcpDriftWatchAccess(model, spec), ...gcpDriftTriggerAccess(model)],
  );
}
