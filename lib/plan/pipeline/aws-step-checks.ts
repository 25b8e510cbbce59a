import type { Path } from '../../spec/problem';
import type { SpecCheck } from '../../spec/references';
import { eachPlan } from './each-plan';
import { gateComesLast } from './gate-comes-last';
import type { PipelinePlan } from './pipeline-plan';
import { stepArguments } from './step-arguments';
import { type ContainerStep, isClusterStep, isTraining } from './step-plan';

/** Folders that a step reads. Source: SageMaker's service model, ProcessingInputs; the spec itself lets it write fewer. */
const MOST_FOLDERS = 10;
/** Folders that a training reads, on the cluster as well. Source: SageMaker's service model, InputDataConfig. */
const MOST_CHANNELS = 20;
/** Words that a container is given. Source: SageMaker's service model, ContainerArguments, TrainingContainerArguments. */
const MOST_ARGUMENTS = 100;
/** Steps of a pipeline. Source: AWS General Reference, "Amazon SageMaker AI endpoints and quotas". */
const MOST_STEPS = 50;
/** Fields of a registered version. Source: SageMaker's service model, CustomerMetadataMap. */
const MOST_FIELDS = 50;
/** Fields beside one for the snapshot of each dataset: run, reason, trigger, revision, reference. */
const OTHER_FIELDS = 5;

/** The same, for people. */
export const STEP_LIMITS = {
  inputs: `${MOST_FOLDERS} inputs`,
  inputsOfTraining: `${MOST_CHANNELS} inputs of a training`,
  words: `${MOST_ARGUMENTS} words in all: two for each input, output and parameter`,
  lines: 'texts of one line',
  steps: `${MOST_STEPS} steps of a pipeline with conditions, gate and registration`,
  datasets: `${MOST_FIELDS - OTHER_FIELDS} datasets behind a registered version`,
} as const;

/** What a text within a container's arguments cannot have. Source: SageMaker's service model, ContainerArgument: `.*`. */
const LINE_END = /[\n\r\u0085\u2028\u2029]/;

const NOWHERE = { input: () => '', output: () => '', metrics: '', checkpoints: '' };

type Finding = Omit<Parameters<Parameters<SpecCheck>[1]>[0], 'path' | 'at'>;

/** Where a step gives its container several lines as one word. */
const severalLines = ({ parameters, command = [] }: ContainerStep): readonly Path[] => [
  ...parameters.flatMap(({ argument, value }): Path[] => (LINE_END.test(value) ? [['parameters', argument]] : [])),
  ...command.flatMap((word, i): Path[] => (LINE_END.test(word) ? [['command', i]] : [])),
];

function ofStep(step: ContainerStep): readonly (Finding & { readonly key: string })[] {
  const training = isTraining(step);
  const onCluster = isClusterStep(step);
  const mostInputs = training ? MOST_CHANNELS : MOST_FOLDERS;
  const words = stepArguments(step, NOWHERE).length;
  return [
    ...(step.inputs.length <= mostInputs
      ? []
      : [
          {
            key: 'inputs',
            message: onCluster
              ? 'has more inputs than are carried to a node of the cluster'
              : `has more inputs than SageMaker copies to a ${training ? 'training' : 'processing'} job`,
            received: `${step.inputs.length} inputs`,
            allowed: `on AWS: ${mostInputs}`,
            fix: 'let a step before it put some of them into one folder',
          },
        ]),
    ...(onCluster || words <= MOST_ARGUMENTS
      ? []
      : [
          {
            key: 'parameters',
            message: 'has more arguments than SageMaker hands to a container',
            received: `${words} words: two for each input, output and parameter`,
            allowed: `on AWS: ${MOST_ARGUMENTS}`,
            fix: 'put parameters that belong together into one text',
          },
        ]),
    // Source: SageMaker developer guide, "Default cache key attributes by pipeline step type": CheckpointConfig is one.
    ...(step.kind === 'training' && step.checkpoints && step.cacheSeconds !== undefined
      ? [
          {
            key: 'cache',
            message: 'never finds an equal run: on spot machines each has a folder of its own for checkpoints',
            allowed: 'on AWS: cache of a training on demand',
            fix: 'remove cache, or write capacity: on-demand',
          },
        ]
      : []),
  ];
}

/** Steps that a definition has: those of the spec, one for each condition, and for the gate its condition and its failure. */
function stepsOf(plan: PipelinePlan): number {
  const { steps, gate, register } = plan;
  const conditions = new Set(steps.flatMap(({ conditionOf }) => (conditionOf === undefined ? [] : [conditionOf])));
  return (
    steps.length + conditions.size + (register === undefined ? 0 : gate === undefined ? 1 : gateComesLast(plan) ? 3 : 2)
  );
}

/** What SageMaker takes of a step, and of all of them. */
export const stepsFit: SpecCheck = (spec, report) => {
  if (spec.aws === undefined) return;
  eachPlan(spec, (plan, path) => {
    for (const step of plan.steps) {
      if (step.kind === 'validation') continue;
      for (const { key, ...finding } of ofStep(step))
        report({ path: [...path, step.name, key], at: 'key', ...finding });
      for (const lines of severalLines(step))
        report({
          path: [...path, step.name, ...lines],
          message: 'has several lines, and SageMaker gives a container words of one',
          allowed: 'on AWS: a text of one line',
          fix: 'write it in one line, or put it into the image',
        });
    }
    const count = stepsOf(plan);
    if (count > MOST_STEPS)
      report({
        path,
        at: 'key',
        message: 'are more than a pipeline of SageMaker has',
        received: `${count} with conditions, gate and registration`,
        allowed: `on AWS: ${MOST_STEPS}`,
        fix: 'let one container do what several did',
      });
    if (plan.register !== undefined && plan.datasets.length + OTHER_FIELDS > MOST_FIELDS)
      report({
        path,
        at: 'key',
        message: 'read more datasets than a registered version can name',
        received: `${plan.datasets.length} datasets`,
        allowed: `on AWS: ${MOST_FIELDS - OTHER_FIELDS}`,
        fix: 'put what belongs together into one dataset before',
      });
  });
};
