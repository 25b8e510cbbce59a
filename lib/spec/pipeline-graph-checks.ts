import { eachEntry } from './each-entry';
import { eachPipeline } from './each-pipeline';
import type { PipelineSpec } from './pipeline';
import { isCircular, noCircle } from './pipeline-circle';
import { conditionsOf, isContainer, stepRef, stepsBefore, stepsUpTo } from './pipeline-refs';
import type { Path } from './problem';
import type { SpecCheck } from './references';

/** Steps that run only if something holds: those with a condition, and all that depend on one of them. */
const conditional = (steps: PipelineSpec['steps']): ReadonlySet<string> =>
  new Set(Object.keys(steps).filter((name) => conditionsOf(steps, name).length > 0));

/** Source: SageMaker developer guide, "Add a step": no condition within a condition. */
const oneCondition = eachPipeline(({ steps, gate, register }, report) => {
  if (isCircular(steps)) return;
  const depending = conditional(steps);
  const refuse = (path: Path, on: string) =>
    report({
      path,
      message: `depends on step ${on}, which runs only if a condition holds`,
      received: on,
      allowed: 'one condition at most on the way to a step; none on the way to gate and register',
      fix: `remove when of step ${conditionsOf(steps, on).join(' and of step ')}, or the dependency`,
    });
  eachEntry(steps, (step, name) => {
    const before = stepsBefore(step).filter((other) => depending.has(other));
    if (isContainer(step) && step.when !== undefined) {
      const [on] = before;
      if (on !== undefined) refuse(['steps', name, 'when'], on);
      return;
    }
    // Below one condition, or below none.
    const [first, ...others] = before.map((other) => [other, conditionsOf(steps, other)] as const);
    const other = others.find(([, conditions]) => conditions.some((one) => !first?.[1].includes(one)));
    if (other !== undefined) refuse(['steps', name], other[0]);
  });
  for (const [path, text] of [
    [['gate', 'metric'], gate?.metric],
    [['register', 'model'], register?.model],
    [['register', 'reference'], register?.reference],
  ] as const) {
    const step = text === undefined ? undefined : stepRef(text)?.step;
    if (step !== undefined && depending.has(step)) refuse(path, step);
  }
});

/** Steps that gate and register name. */
const ends = ({ gate, register }: PipelineSpec): readonly string[] =>
  [gate?.metric, register?.model, register?.reference].flatMap((text) =>
    text === undefined ? [] : (stepRef(text)?.step ?? []),
  );

/** Steps whose results lead to a model, a gate or a prediction, those themselves included. */
function useful(pipeline: PipelineSpec): ReadonlySet<string> {
  const { steps } = pipeline;
  const results = Object.entries(steps).flatMap(([name, { kind }]) =>
    kind === 'prediction' || kind === 'validation' ? [name] : [],
  );
  return stepsUpTo(steps, [...results, ...ends(pipeline)]);
}

/** Steps that are named where there are none: what is meant there may be any step. */
function strangers(pipeline: PipelineSpec): readonly string[] {
  const { steps } = pipeline;
  const named = [...ends(pipeline), ...Object.values(steps).flatMap(stepsBefore)];
  return named.filter((name) => !Object.hasOwn(steps, name));
}

const nothingIdle = eachPipeline((pipeline, report) => {
  if (strangers(pipeline).length > 0) return;
  const used = useful(pipeline);
  eachEntry(pipeline.steps, ({ kind }, name) => {
    if (!used.has(name))
      report({
        path: ['steps', name],
        at: 'key',
        message: 'leads nowhere: nothing uses what it makes',
        received: kind,
        allowed: 'steps that lead to register, gate, a prediction or a validation',
        fix: 'use one of its outputs or metrics, or remove the step',
      });
  });
});

/** The steps are a graph that ends, and every one of them leads somewhere. */
export const PIPELINE_GRAPH_CHECKS: readonly SpecCheck[] = [noCircle, oneCondition, nothingIdle];
