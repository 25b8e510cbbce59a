import { eachEntry } from './each-entry';
import type { PipelineSpec } from './pipeline';
import type { Report } from './problem';
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
