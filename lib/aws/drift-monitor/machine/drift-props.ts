import type { DriftPlan, WatchKind } from '../../../plan/drift/drift-plan';
import type { JobDisk } from '../../jobs/job-disk';
import { type Freezable, freezeSeconds } from '../../training-pipeline/machine/freeze-states';

/** What the job runs on, as and into. Values may be tokens. */
export interface DriftJobSettings {
  /** Image with Python, numpy, scipy and pyarrow. */
  readonly imageUri: string;
  readonly roleArn: string;
  readonly instanceType: string;
  readonly disk: JobDisk;
  /** Key of what it writes. */
  readonly outputKeyArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** Address of the code, a zip that Python runs as it is, and its name. */
  readonly codeUri: string;
  readonly codeFile: string;
  readonly maxRuntimeSeconds: number;
  /** Tags of each job; may be lazy. */
  readonly tags: unknown;
}

/** What the machine that watches drift and quality of one model needs to know. Values may be tokens where it says so. */
export interface DriftMachineProps {
  /** Platform and environment, as metrics and readers of alerts call it: `fraud-prod`. */
  readonly platform: string;
  readonly plan: Pick<DriftPlan, 'model' | 'name' | 'runs' | 'signals'>;
  /** Name of the parameter with the record of the version that serves. */
  readonly championParameter: string;
  /** Name of the bucket of the artifact store; a token. */
  readonly bucket: string;
  /**
   * Prefixes in it, without a slash at the end: recorded requests of the model, and below those of a version what SageMaker
   * itself calls their folder; what versions are trained on, runs of the job, snapshots.
   */
  readonly prefixes: {
    readonly captures: { readonly model: string; readonly variant: string };
    readonly references: readonly string[];
    readonly runs: string;
    readonly snapshots: string;
  };
  /** Tables that are frozen for a run, and the Athena workgroup that reads them. */
  readonly frozen: { readonly reference?: Freezable; readonly labels?: Freezable; readonly workgroup: string };
  readonly job: DriftJobSettings;
  /** Topic of the alert channel; a token. */
  readonly topicArn: string;
  /** Addresses of the console: executions of machines, and logs of processing jobs; what is looked at follows. */
  readonly links: { readonly executions: string; readonly logs: string };
}

/** Input of the machine: which run, and the time that it is for. Without a time it is now. */
export interface WatchRequest {
  readonly run: WatchKind;
  /** ISO 8601. The window ends with the hour before. */
  readonly at?: string;
}

/**
 * Inputs of a processing job. Source: SageMaker's service model, ProcessingInputs. Code, configuration, reference and labels
 * take four; the rest is for recorded requests, one for each day, or for ten days or a month where a window has more.
 */
const MAX_INPUTS = 10;
export const MAX_CAPTURE_INPUTS = MAX_INPUTS - 4;

/** Seconds between two looks at the job. */
export const POLL_SECONDS = 30;

/** How long SageMaker may take to start a job, beyond what the job may run: an hour. */
const START_ALLOWANCE_SECONDS = 3600;

/** Looks at a job before it is given up. */
export const maxLooks = ({ maxRuntimeSeconds }: Pick<DriftJobSettings, 'maxRuntimeSeconds'>): number =>
  Math.ceil((maxRuntimeSeconds + START_ALLOWANCE_SECONDS) / POLL_SECONDS);

/** How long an execution may take. */
export const timeoutSeconds = ({ job, frozen }: Pick<DriftMachineProps, 'job' | 'frozen'>): number =>
  job.maxRuntimeSeconds +
  2 * START_ALLOWANCE_SECONDS +
  [frozen.reference, frozen.labels].filter((one) => one !== undefined).length * freezeSeconds(1);
