import type { PipelineSpec } from './pipeline';
import type { ContainerStepSpec, PipelineStepSpec } from './pipeline-steps';

/** What `step.name` means: an output or a metric of a step. */
export interface StepRef {
  readonly step: string;
  readonly name: string;
}

/** The two parts of `step.name`; undefined for the name of a dataset. */
export function stepRef(text: string): StepRef | undefined {
  const dot = text.indexOf('.');
  return dot < 0 ? undefined : { step: text.slice(0, dot), name: text.slice(dot + 1) };
}

export const outputsOf = (step: PipelineStepSpec): readonly string[] => ('outputs' in step ? step.outputs : []);
export const metricsOf = (step: PipelineStepSpec): readonly string[] => ('metrics' in step ? step.metrics : []);
export const isContainer = (step: PipelineStepSpec): step is ContainerStepSpec => step.kind !== 'validation';

/** Steps that have to be done before a step, each once: those it is after, reads from, or whose metric it waits for. */
export function stepsBefore(step: PipelineStepSpec): readonly string[] {
  const refs = isContainer(step) ? [...Object.values(step.inputs), ...(step.when ? [step.when.metric] : [])] : [];
  return [...new Set([...step.after, ...refs.flatMap((text) => stepRef(text)?.step ?? [])])];
}

/** Datasets that a run of a pipeline reads, in order of their names. */
export function datasetsOf({ steps }: Pick<PipelineSpec, 'steps'>): readonly string[] {
  const named = Object.values(steps).flatMap((step) =>
    isContainer(step) ? Object.values(step.inputs).filter((text) => stepRef(text) === undefined) : [step.dataset],
  );
  return [...new Set(named)].sort();
}
