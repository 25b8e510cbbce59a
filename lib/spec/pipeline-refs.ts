import { entryOf } from './entry-of';
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

/** Whether a step makes, or measures, what is named: `has(steps, ref, outputsOf)`, or metricsOf. */
export function has(steps: PipelineSpec['steps'], ref: StepRef, namesOf: typeof outputsOf): boolean {
  const step = entryOf(steps, ref.step);
  return step !== undefined && namesOf(step).includes(ref.name);
}

export const isContainer = (step: PipelineStepSpec): step is ContainerStepSpec => step.kind !== 'validation';
/** Whether a step says which machine it runs on. */
export const hasMachine = (step: PipelineStepSpec): step is Exclude<PipelineStepSpec, { kind: 'cluster-training' }> =>
  step.kind !== 'cluster-training';

/** Steps that have to be done before a step, each once: those it is after, reads from, or whose metric it waits for. */
export function stepsBefore(step: PipelineStepSpec): readonly string[] {
  const refs = isContainer(step) ? [...Object.values(step.inputs), ...(step.when ? [step.when.metric] : [])] : [];
  return [...new Set([...step.after, ...refs.flatMap((text) => stepRef(text)?.step ?? [])])];
}

/** Steps of these names and all that they depend on, each once, in a graph that may also have circles. */
export function stepsUpTo(steps: PipelineSpec['steps'], names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: string) => {
    const step = entryOf(steps, name);
    if (found.has(name) || step === undefined) return;
    found.add(name);
    for (const before of stepsBefore(step)) add(before);
  };
  for (const name of names) add(name);
  return found;
}

/** Steps with a condition that a step depends on, itself included and then the first. */
export const conditionsOf = (steps: PipelineSpec['steps'], name: string): readonly string[] =>
  [...stepsUpTo(steps, [name])].filter((one) => {
    const step = entryOf(steps, one);
    return step !== undefined && isContainer(step) && step.when !== undefined;
  });

/**
 * What later requests to a registered model are compared with, a dataset or `step.output`: what is said, else what the step
 * that made the model read first. Undefined where that read nothing but models, or nothing is registered.
 */
export function referenceOf({ steps, register }: Pick<PipelineSpec, 'steps' | 'register'>): string | undefined {
  if (register === undefined || register.reference !== undefined) return register?.reference;
  const maker = entryOf(steps, stepRef(register.model)?.step ?? '');
  const read = maker === undefined || !isContainer(maker) ? [] : Object.values(maker.inputs);
  return read.find((text) => !isModel(steps, text));
}

/** Whether something that a step reads is a model, and no data. */
export const isModel = (steps: PipelineSpec['steps'], text: string): boolean =>
  isTraining(entryOf(steps, stepRef(text)?.step ?? '')?.kind);

const isTraining = (kind: PipelineStepSpec['kind'] | undefined): boolean =>
  kind === 'training' || kind === 'cluster-training';

/** Datasets that a run of a pipeline reads, in order of their names. */
export function datasetsOf({ steps, register }: Pick<PipelineSpec, 'steps' | 'register'>): readonly string[] {
  const read = Object.values(steps).flatMap((step) =>
    isContainer(step) ? Object.values(step.inputs) : [step.dataset],
  );
  const named = register?.reference === undefined ? read : [...read, register.reference];
  return [...new Set(named.filter((text) => stepRef(text) === undefined))].sort();
}
