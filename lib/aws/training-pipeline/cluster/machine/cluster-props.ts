/** A step as the machine runs it. */
export interface MachineStep {
  /** Its one output. */
  readonly output: string;
  /** Times that it is tried, the first included. */
  readonly tries: number;
  /** Seconds after which a try is given up that is still waiting for nodes, or running. */
  readonly longestSeconds: number;
  /** Seconds for which results of an equal step are used again; 0 for never. */
  readonly cacheSeconds: number;
}

/** What the machine needs to know that runs steps of a pipeline on the batch cluster. Values may be tokens where it says so. */
export interface ClusterMachineProps {
  readonly model: string;
  readonly steps: Readonly<Record<string, MachineStep>>;
  /** Nodes of one job. */
  readonly nodes: number;
  /** Queue of the cluster; a token. */
  readonly queueArn: string;
  /** Tags of jobs. */
  readonly tags: Readonly<Record<string, string>>;
  /** Name of the table of locks, and what the locks of these steps are below. */
  readonly lockTable: string;
  readonly lock: string;
  /** Name of the bucket of the artifact store; a token. Prefix in it of records of what steps made. */
  readonly bucket: string;
  readonly recordsPrefix: string;
  /** Addresses of the console: jobs of Batch, executions of machines; what is looked at follows. */
  readonly links: { readonly jobs: string; readonly executions: string };
  /** Seconds that the slowest step may take. */
  readonly longestSeconds: number;
}

/** What a callback step of the pipeline hands over, as the body of a message. */
export interface CallbackMessage {
  /** What the answer names. */
  readonly token: string;
  readonly pipelineExecutionArn: string;
  /** `Stopping` where somebody stopped the run: the step is to be taken back. */
  readonly status: 'Executing' | 'Stopping';
  readonly arguments: CallbackArguments;
}

/** Addresses are `s3://`, of folders. */
export interface CallbackArguments {
  readonly step: string;
  /** ARN of its job definition, a revision of it: of the deployment that the run began with, whatever was deployed since. */
  readonly definition: string;
  readonly run: string;
  readonly output: string;
  readonly checkpoints: string;
  /** `input-<argument>`: what the step reads. */
  readonly [input: `input-${string}`]: string;
}

/** JSONata for the names of the inputs among the arguments of the message. */
export const INPUTS = '$filter($keys($message.arguments), function($name) { $contains($name, /^input-/) })';

/** Output of a callback step: the folder that the step, or an equal one before it, wrote. */
export const FOLDER_OUTPUT = 'folder';

/** Why a job was ended whose run was stopped: what the machine that watches it knows it by. */
export const STOPPED_REASON = 'The run of the pipeline was stopped.';
