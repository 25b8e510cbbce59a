import { formatPath, type Path, SpecError } from '../../spec/problem';
import type { StepPlan } from './step-plan';

/** What is wrong with the steps of a pipeline, all of them together. */
export interface StepsFinding {
  readonly message: string;
  readonly received: string;
  readonly allowed: string;
  readonly fix: string;
}

/** Where the steps of a model's pipeline are in a spec. */
export const stepsPath = (model: string): Path => ['models', model, 'pipeline', 'steps'];

/**
 * How long a document is shows only once it is rendered: it is the spec all the same that has to be mended, though nobody
 * knows its line any more.
 */
export const stepsRefused = (model: string, finding: StepsFinding): SpecError =>
  new SpecError([{ path: formatPath(stepsPath(model)), ...finding }]);

/** What any document says of a step, whatever else is in it: the words that the spec itself gives to its container. */
export const givenWords = (step: StepPlan): readonly string[] =>
  step.kind === 'validation'
    ? []
    : [...(step.command ?? []), ...step.parameters.flatMap(({ argument, value }) => [`--${argument}`, value])];
