import { type AccessEdge, edges, PREFIXES, without } from '../access';
import { capturePrefix } from '../serving-access';
import {
  driftAccess,
  driftTriggerAccess,
  driftWatchAccess,
  PROVIDED_IMAGES,
  referencePrefixes,
  type Watched,
} from './drift-access';

/** What the drift job may do there: its image is everybody's, and the machine copies the requests for it. */
export const gcpDriftAccess = (model: string, spec: Watched): readonly AccessEdge[] =>
  without(driftAccess(model, spec), `repository pull ${PROVIDED_IMAGES}`, `prefix read ${capturePrefix(model)}`);

/** What the machine may do there that runs the job: requests are a table, and no query leaves anything behind. */
export const gcpDriftWatchAccess = (model: string, spec: Watched): readonly AccessEdge[] => [
  ...without(
    driftWatchAccess(model, spec),
    `prefix list ${capturePrefix(model)}`,
    ...referencePrefixes(model, spec).map((prefix) => `prefix list ${prefix}`),
    `prefix write ${PREFIXES.queries}`,
  ),
  ...edges(`drift-watch/${model}`, [['capture', 'read', model, 'copies the requests of the window']]),
];

/** What starts it: the scheduler tries again by itself, and what it gives up is in its log. */
export const gcpDriftTriggerAccess = (model: string): readonly AccessEdge[] =>
  without(driftTriggerAccess(model), `queue send ${model}`);

/** Every permission of drift of a platform there. */
export function planGcpDriftAccess(models: Readonly<Record<string, Watched>>): readonly AccessEdge[] {
  return Object.entries(models).flatMap(([model, spec]) =>
    spec.monitoring?.drift === undefined
      ? []
      : [...gcpDriftAccess(model, spec), ...gcpDriftWatchAccess(model, spec), ...gcpDriftTriggerAccess(model)],
  );
}
