import type { DatasetSpec } from '../../spec/data-lake';
import { entryOf } from '../../spec/entry-of';
import type { PipelinePlan } from '../pipeline/pipeline-plan';
import { validationFiles } from './validation-job';

/** What each dataset that a step of a pipeline checks is checked against: the files of `--rules`, by dataset. */
export function pipelineChecks(
  { steps }: Pick<PipelinePlan, 'steps'>,
  datasets: Readonly<Record<string, DatasetSpec>>,
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const checked = new Set(steps.flatMap((step) => (step.kind === 'validation' ? [step.dataset] : [])));
  return Object.fromEntries(
    [...checked].flatMap((name) => {
      const dataset = entryOf(datasets, name);
      return dataset === undefined ? [] : [[name, validationFiles(name, dataset)] as const];
    }),
  );
}
