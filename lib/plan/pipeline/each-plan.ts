import { eachEntry } from '../../spec/each-entry';
import type { PlatformSpec } from '../../spec/platform';
import type { Path } from '../../spec/problem';
import { PlatformNames } from '../names';
import { stepsPath } from './document-size';
import { type PipelinePlan, planPipeline } from './pipeline-plan';

/** Lets a rule judge the plan of each pipeline; `steps` is where its steps are in the spec. */
export function eachPlan(
  { models, name, environment }: Pick<PlatformSpec, 'models' | 'name' | 'environment'>,
  judge: (plan: PipelinePlan, steps: Path) => void,
): void {
  const names = new PlatformNames(name, environment);
  eachEntry(models, ({ pipeline }, model) => {
    if (pipeline !== undefined) judge(planPipeline(model, pipeline, names), stepsPath(model));
  });
}
