import type { ServiceStepSpec } from '../../spec/pipeline-steps';
import type { InputSource, Threshold } from './graph';

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
  /** Times that a failed step is tried again. A check is not for what it said of data, which is final. */
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
/** Whether steps of a pipeline run on the platform's batch cluster. */
export const usesCluster = ({ steps }: { readonly steps: readonly StepPlan[] }): boolean => steps.some(isClusterStep);
/** Whether a step makes a model: its one output. */
export const isTraining = ({ kind }: StepPlan): boolean => kind === 'training' || kind === 'cluster-training';
/** Whether steps of a pipeline do anything but make models: each is a processing job of SageMaker. */
export const usesProcessing = ({ steps }: { readonly steps: readonly StepPlan[] }): boolean =>
  steps.some((step) => !isTraining(step));
