import { entryOf } from '../../spec/entry-of';
import type { ModelSpec } from '../../spec/model';
import { DEFAULT_TIME_ZONE, type PipelineSpec, type RetrainingSignal } from '../../spec/pipeline';
import { datasetsOf, isContainer, metricsOf, referenceOf, stepRef, stepsBefore } from '../../spec/pipeline-refs';
import type {
  ContainerStepSpec,
  MetricThresholdSpec,
  PipelineStepSpec,
  ServiceStepSpec,
} from '../../spec/pipeline-steps';
import type { PlatformNames } from '../names';
import { conditionOf, type InputSource, inOrder, type MetricRef, type OutputRef, type Threshold } from './graph';

const GIB = 1024 ** 3;

/** What a step's machine is, before a cloud is asked for one. */
export interface StepMachines {
  /** Role of the machine in a catalog of machines. */
  readonly role: 'training' | 'processing';
  readonly size: ServiceStepSpec['machine'];
  readonly accelerator?: NonNullable<ServiceStepSpec['accelerator']>;
  readonly nodes: number;
  readonly capacity: 'on-demand' | 'spot';
  readonly diskGib: number;
}

interface PlannedStep {
  /** Name, unique within the pipeline: `prepare`. */
  readonly name: string;
  /** Steps that have to be done before, in the pipeline's order. */
  readonly after: readonly string[];
  /** The step whose condition this one hangs on, itself included. */
  readonly conditionOf?: string;
  readonly maxRuntimeSeconds: number;
  /** Times that a failed step is tried again. */
  readonly retries: number;
}

/** A step on a machine of its own. */
interface MachineStep extends PlannedStep {
  readonly machines: StepMachines;
}

/** What a container of the user's runs. */
export interface ContainerWork {
  /** Tag in the platform's image repository. */
  readonly image: string;
  /** What runs instead of the image's entry point. */
  readonly command?: readonly string[];
  readonly inputs: readonly { readonly argument: string; readonly from: InputSource }[];
  /** Folders that it writes; a training has one. */
  readonly outputs: readonly string[];
  readonly metrics: readonly string[];
  /** Values as a command line has them. */
  readonly parameters: readonly { readonly argument: string; readonly value: string }[];
  /** Seconds for which results of an equal step are used again. */
  readonly cacheSeconds?: number;
  /** Holds if the step is to run. */
  readonly when?: Threshold;
  /** Whether `--checkpoints` is given: a folder that outlives the machine. */
  readonly checkpoints: boolean;
}

/** A container on a machine of its own. */
export interface ServiceStep extends MachineStep, ContainerWork {
  readonly kind: 'processing' | 'training' | 'prediction';
}

/** A training on the platform's batch cluster, which says how many nodes of which kind it has. */
export interface ClusterStep extends PlannedStep, ContainerWork {
  readonly kind: 'cluster-training';
}

/** A container of the user's. */
export type ContainerStep = ServiceStep | ClusterStep;

/** The platform's own job that checks a snapshot. It knows the step contract: `--data`, `--rules`, `--report`. */
export interface ValidationStep extends MachineStep {
  readonly kind: 'validation';
  readonly dataset: string;
}

export type StepPlan = ContainerStep | ValidationStep;
/** A step that says which machine it runs on. */
export type MachinedStep = Exclude<StepPlan, ClusterStep>;

export const isClusterStep = (step: StepPlan): step is ClusterStep => step.kind === 'cluster-training';
/** Whether a step makes a model: its one output. */
export const isTraining = ({ kind }: StepPlan): boolean => kind === 'training' || kind === 'cluster-training';

/** What a model has to fulfil to be registered. The value of its threshold holds where no version serves. */
export interface GatePlan extends Threshold {
  /** By how much it has to be better than the metric of the version that serves; absent if that does not count. */
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

function planStep(pipeline: PipelineSpec, name: string, step: PipelineStepSpec, order: readonly string[]): StepPlan {
  const before = new Set(stepsBefore(step));
  const condition = conditionOf(pipeline.steps, name);
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
      retries: 0,
      machines: {
        role: 'processing',
        size: step.machine,
        nodes: 1,
        capacity: 'on-demand',
        diskGib: VALIDATION_DISK_GIB,
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
  inputs: Object.entries(step.inputs).map(([argument, text]) => ({ argument, from: source(text) })),
  outputs: step.outputs,
  metrics: metricsOf(step),
  parameters: Object.entries(step.parameters).map(([argument, value]) => ({ argument, value: String(value) })),
  ...(step.cache === undefined ? {} : { cacheSeconds: step.cache.seconds }),
  ...(step.when === undefined ? {} : { when: threshold(step.when) }),
});

/** Disk of a validation, whose snapshot is copied to it. */
export const VALIDATION_DISK_GIB = 100;

function source(text: string): InputSource {
  const ref = stepRef(text);
  return ref === undefined ? { dataset: text } : { step: ref.step, output: ref.name };
}

const stepOf = (text = ''): string | undefined => stepRef(text)?.step;

function metricRef(text: string): MetricRef {
  const ref = stepRef(text);
  return { step: ref?.step ?? '', metric: ref?.name ?? text };
}

const threshold = ({ metric, atLeast, atMost }: MetricThresholdSpec): Threshold =>
  atLeast === undefined
    ? { of: metricRef(metric), must: 'atMost', value: atMost ?? 0 }
    : { of: metricRef(metric), must: 'atLeast', value: atLeast };

function planGate(gate: NonNullable<PipelineSpec['gate']>): GatePlan {
  const { betterThanChampionBy } = gate;
  return { ...threshold(gate), ...(betterThanChampionBy === undefined ? {} : { betterThanChampionBy }) };
}

function registration(pipeline: PipelineSpec, steps: readonly StepPlan[]): RegisterPlan | undefined {
  const { register } = pipeline;
  const ref = register === undefined ? undefined : stepRef(register.model);
  if (register === undefined || ref === undefined) return undefined;
  const reference = referenceOf(pipeline);
  const model = { step: ref.step, output: ref.name };
  const measuredBy = pipeline.gate === undefined ? measuring(model, steps) : metricRef(pipeline.gate.metric).step;
  return {
    model,
    image: register.image ?? pipeline.image ?? '',
    ...(reference === undefined ? {} : { reference: source(reference) }),
    ...(measuredBy === undefined ? {} : { measuredBy }),
    after: steps
      .filter(
        ({ name, kind, conditionOf: condition }) =>
          name === model.step ||
          name === measuredBy ||
          name === stepOf(register.reference) ||
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
