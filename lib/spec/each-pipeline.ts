import { eachEntry } from './each-entry';
import type { PipelineSpec } from './pipeline';
import type { PipelineStepSpec } from './pipeline-steps';
import type { Path, Report } from './problem';
import type { SpecCheck } from './references';

type PipelineCheck = (pipeline: PipelineSpec, report: Report, datasets: readonly string[], model: string) => void;

/** Runs a rule on every pipeline, with paths from the pipeline. */
export const eachPipeline =
  (check: PipelineCheck): SpecCheck =>
  ({ models, dataLake }, report) =>
    eachEntry(models, ({ pipeline }, name) => {
      if (pipeline === undefined) return;
      const at: Report = (finding) => report({ ...finding, path: ['models', name, 'pipeline', ...finding.path] });
      check(pipeline, at, Object.keys(dataLake?.datasets ?? {}), name);
    });

/** Lets a rule judge each step of each pipeline, by its path in the spec. */
export const eachStep = (
  models: Parameters<SpecCheck>[0]['models'],
  judge: (step: PipelineStepSpec, path: Path) => void,
): void =>
  eachEntry(models, ({ pipeline }, model) =>
    eachEntry(pipeline?.steps ?? {}, (step, name) => judge(step, ['models', model, 'pipeline', 'steps', name])),
  );
