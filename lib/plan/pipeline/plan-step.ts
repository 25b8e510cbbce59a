import type { PipelineSpec } from '../../spec/pipeline';
import { conditionsOf, isContainer, metricsOf, stepsBefore } from '../../spec/pipeline-refs';
import { type ContainerStepSpec, DEFAULT_RETRIES, type PipelineStepSpec } from '../../spec/pipeline-steps';
import { GIB } from '../../spec/quantity';
import { sourceOf, thresholdOf } from './graph';
import type { ContainerWork, StepPlan } from './step-plan';

/** Plans one step; `order` has the names of all, each after those that it depends on. */
export function planStep(
  pipeline: PipelineSpec,
  name: string,
  step: PipelineStepSpec,
  order: readonly string[],
): StepPlan {
  const before = new Set(stepsBefore(step));
  // One at most, which the rules of the spec see to.
  const [condition] = conditionsOf(pipeline.steps, name);
  const common = {
    name,
    after: order.filter((other) => before.has(other)),
    ...(condition === undefined ? {} : { conditionOf: condition }),
    maxRuntimeSeconds: step.maxRuntime.seconds,
  };
  if (!isContainer(step))
    return {
      ...common,
      kind: 'validation',
      dataset: step.dataset,
      retries: DEFAULT_RETRIES,
      machines: {
        role: 'processing',
        size: step.machine,
        nodes: 1,
        capacity: 'on-demand',
        diskGib: step.disk.bytes / GIB,
      },
    };
  const container = { ...common, ...planWork(pipeline, step), retries: step.retries };
  // A node of the cluster may be taken away, whatever it was bought as: the training begins again.
  if (step.kind === 'cluster-training') return { ...container, kind: step.kind, checkpoints: true };
  const training = step.kind === 'training';
  return {
    ...container,
    kind: step.kind,
    checkpoints: training && step.capacity === 'spot',
    machines: {
      role: training ? 'training' : 'processing',
      size: step.machine,
      ...(step.accelerator === undefined ? {} : { accelerator: step.accelerator }),
      nodes: training ? step.nodes : 1,
      capacity: training ? step.capacity : 'on-demand',
      diskGib: step.disk.bytes / GIB,
    },
  };
}

const planWork = (pipeline: PipelineSpec, step: ContainerStepSpec): Omit<ContainerWork, 'checkpoints'> => ({
  image: step.image ?? pipeline.image ?? '',
  ...(step.command === undefined ? {} : { command: step.command }),
  inputs: Object.entries(step.inputs).map(([argument, text]) => ({ argument, from: sourceOf(text) })),
  outputs: step.outputs,
  metrics: metricsOf(step),
  parameters: Object.entries(step.parameters).map(([argument, value]) => ({ argument, value: String(value) })),
  ...(step.cache === undefined ? {} : { cacheSeconds: step.cache.seconds }),
  ...(step.when === undefined ? {} : { when: thresholdOf(step.when) }),
});
