import { entryOf } from '../../spec/entry-of';
import type { ModelSpec } from '../../spec/model';
import { DEFAULT_TIME_ZONE, type PipelineSpec, type RetrainingSignal } from '../../spec/pipeline';
import { datasetsOf, isContainer, referenceOf, stepRef } from '../../spec/pipeline-refs';
import type { PlatformNames } from '../names';
import { type InputSource, inOrder, metricOf, type OutputRef, sourceOf, type Threshold, thresholdOf } from './graph';
import { planStep } from './plan-step';
import type { StepPlan } from './step-plan';

/** What a model has to fulfil to be registered. The value of its threshold holds whatever serves. */
export interface GatePlan extends Threshold {
  /**
   * By how much it has to be better than the metric of the version that serves, and of one that is being rolled out;
   * absent if those do not count.
   */
  readonly betterThanChampionBy?: number;
}

export interface RegisterPlan {
  readonly model: OutputRef;
  /** Tag of the image that serves the model. */
  readonly image: string;
  /** What the model was trained on, which later requests are compared with. */
  readonly reference?: InputSource;
  /**
   * The step whose metrics the version is registered with: the gate's, else the first that reads the model, measures and
   * always runs.
   */
  readonly measuredBy?: string;
  /** Steps that have to be done before, in the pipeline's order: those named here, and every check of data. */
  readonly after: readonly string[];
}

/** What starts a run by itself. */
export type TriggerPlan = { readonly name: string } & (
  | { readonly kind: 'schedule'; readonly cron: string; readonly timeZone: string }
  | { readonly kind: 'new-data'; readonly dataset: string }
  | { readonly kind: 'signal'; readonly signal: RetrainingSignal }
);

/** Why a run was started. */
export const REASONS = ['schedule', 'new-data', 'signal', 'manual'] as const;
export type Reason = (typeof REASONS)[number];

/** A training pipeline as both clouds render it: one graph without circles, every edge of which leads somewhere. */
export interface PipelinePlan {
  readonly model: string;
  /** Physical name of the pipeline. */
  readonly name: string;
  /** Each after all that it depends on. */
  readonly steps: readonly StepPlan[];
  readonly gate?: GatePlan;
  readonly register?: RegisterPlan;
  /** Datasets that are frozen before a run, by name. */
  readonly datasets: readonly string[];
  readonly triggers: readonly TriggerPlan[];
  readonly cooldownSeconds: number;
  /** Tags of all images of the platform's repository that a run uses, each once, by name. */
  readonly images: readonly string[];
  /** Revision of the code that makes the model. */
  readonly revision: string;
}

/** A model with a pipeline. */
export type PipelinedModel = ModelSpec & { readonly pipeline: PipelineSpec };

/**
 * Plans the pipeline of a model.
 *
 * @param pipeline - as a loaded spec has it: its references are known to hold
 */
export function planPipeline(model: string, pipeline: PipelineSpec, names: PlatformNames): PipelinePlan {
  const order = inOrder(pipeline.steps);
  const steps = order.flatMap((name) => {
    const step = entryOf(pipeline.steps, name);
    return step === undefined ? [] : [planStep(pipeline, name, step, order)];
  });
  const register = registration(pipeline, steps);
  const images = steps.flatMap((step) => (step.kind === 'validation' ? [] : [step.image]));
  return {
    model,
    name: names.of('compute', model, 'pipeline'),
    steps,
    ...(pipeline.gate === undefined ? {} : { gate: planGate(pipeline.gate) }),
    ...(register === undefined ? {} : { register }),
    datasets: datasetsOf(pipeline),
    triggers: Object.entries(pipeline.triggers).flatMap(
      ([name, { schedule, timeZone, newData, signal }]): TriggerPlan[] => {
        if (schedule !== undefined)
          return [{ name, kind: 'schedule', cron: schedule, timeZone: timeZone ?? DEFAULT_TIME_ZONE }];
        if (newData !== undefined) return [{ name, kind: 'new-data', dataset: newData }];
        return signal === undefined ? [] : [{ name, kind: 'signal', signal }];
      },
    ),
    cooldownSeconds: pipeline.cooldown.seconds,
    images: [...new Set(register === undefined ? images : [...images, register.image])].sort(),
    revision: pipeline.revision ?? revisionOf(pipeline, register),
  };
}

/** Every pipeline of a platform by the name of its model. */
export function planPipelines(
  models: Readonly<Record<string, ModelSpec>>,
  names: PlatformNames,
): Readonly<Record<string, PipelinePlan>> {
  return Object.fromEntries(
    Object.entries(models).flatMap(([model, { pipeline }]) =>
      pipeline === undefined ? [] : [[model, planPipeline(model, pipeline, names)]],
    ),
  );
}

function planGate(gate: NonNullable<PipelineSpec['gate']>): GatePlan {
  const { betterThanChampionBy } = gate;
  return { ...thresholdOf(gate), ...(betterThanChampionBy === undefined ? {} : { betterThanChampionBy }) };
}

function registration(pipeline: PipelineSpec, steps: readonly StepPlan[]): RegisterPlan | undefined {
  const { register } = pipeline;
  const ref = register === undefined ? undefined : stepRef(register.model);
  if (register === undefined || ref === undefined) return undefined;
  const reference = referenceOf(pipeline);
  const said = register.reference === undefined ? undefined : stepRef(register.reference)?.step;
  const model = { step: ref.step, output: ref.name };
  const measuredBy = pipeline.gate === undefined ? measuring(model, steps) : metricOf(pipeline.gate.metric).step;
  return {
    model,
    image: register.image ?? pipeline.image ?? '',
    ...(reference === undefined ? {} : { reference: sourceOf(reference) }),
    ...(measuredBy === undefined ? {} : { measuredBy }),
    after: steps
      .filter(
        ({ name, kind, conditionOf: condition }) =>
          name === model.step ||
          name === measuredBy ||
          name === said ||
          (kind === 'validation' && condition === undefined),
      )
      .map(({ name }) => name),
  };
}

/** The first step that reads a model, measures something and always runs. */
const measuring = (model: OutputRef, steps: readonly StepPlan[]): string | undefined =>
  steps.find(
    (step) =>
      step.kind !== 'validation' &&
      step.conditionOf === undefined &&
      step.metrics.length > 0 &&
      step.inputs.some(({ from }) => 'step' in from && from.step === model.step && from.output === model.output),
  )?.name;

/** Images are tagged after the code that they were made of. */
function revisionOf({ image, steps }: PipelineSpec, register: RegisterPlan | undefined): string {
  const maker = register === undefined ? undefined : entryOf(steps, register.model.step);
  return (maker !== undefined && isContainer(maker) ? maker.image : undefined) ?? image ?? '';
}
