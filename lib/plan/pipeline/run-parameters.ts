import { shortHash } from '../names';
import type { PipelinePlan } from './pipeline-plan';

/**
 * What a run is started with, by the same names on both clouds. The start machine gives every one of them; a document
 * declares them all.
 */
export const RUN = {
  /** Name of the run, unique within the platform: lower-case letters, digits and hyphens, 63 at most. */
  id: 'run-id',
  /** One of REASONS. */
  reason: 'reason',
  /** Name of the trigger; `person` where a person started it. */
  trigger: 'trigger',
  revision: 'revision',
  /** `tag=sha256:…` of every image, separated by commas. */
  images: 'images',
  /** What the metric of the gate has to reach in this run: a number. */
  gateFloor: 'gate-floor',
} as const;

/** What is given as the trigger of a run that a person started. */
export const PERSON = 'person';

/** What a person says of a run, for whoever is told how it ends: characters that are kept, and what is said where nothing was. */
export const NOTE = { longest: 500, none: 'None was given.' } as const;

/** Characters that the name of a parameter may have. Source: SageMaker's service model, PipelineParameterName. */
const LONGEST_NAME = 64;

const named = (prefix: string, dataset: string): string => {
  const room = LONGEST_NAME - prefix.length;
  return `${prefix}${dataset.length <= room ? dataset : `${dataset.slice(0, room - 9)}_${shortHash(dataset)}`}`;
};

/** URI of the folder with a dataset's frozen snapshot. */
export const snapshotParameter = (dataset: string): string => named('snapshot-', dataset);
/** Which snapshot of the table that is. */
export const snapshotIdParameter = (dataset: string): string => named('snapshot-id-', dataset);

/** A parameter of a run. */
export interface RunParameter {
  readonly name: string;
  readonly type: 'text' | 'number';
}

/** Every parameter of a pipeline's document, in the same order on both clouds. */
export function runParameters({ gate, datasets }: Pick<PipelinePlan, 'gate' | 'datasets'>): readonly RunParameter[] {
  const text = (name: string): RunParameter => ({ name, type: 'text' });
  return [
    ...[RUN.id, RUN.reason, RUN.trigger, RUN.revision, RUN.images].map(text),
    ...(gate === undefined ? [] : [{ name: RUN.gateFloor, type: 'number' } as const]),
    ...datasets.flatMap((dataset) => [text(snapshotParameter(dataset)), text(snapshotIdParameter(dataset))]),
  ];
}
