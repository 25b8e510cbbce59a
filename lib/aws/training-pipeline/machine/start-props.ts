import { longestAwsRunSeconds } from '../../../plan/pipeline/aws-run-time';
import type { GatePlan, PipelinePlan } from '../../../plan/pipeline/pipeline-plan';
import type { RunOutcome } from '../../../plan/pipeline/pipeline-signals';
import type { Signal } from '../../../plan/signals';
import type { TrainingClusterPlan } from '../../../plan/training-cluster';
import { type Freezable, freezeSeconds } from './freeze-states';

/** What the machine that starts runs of a pipeline needs to know. Values may be tokens where it says so. */
export interface StartMachineProps {
  /** What alerts come from, as their readers call it: `fraud-prod`. */
  readonly platform?: string;
  readonly model: string;
  /** Name of the pipeline; no token. */
  readonly pipeline: string;
  /** Values by name that every run is given; they may be tokens. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly plan: Pick<PipelinePlan, 'steps' | 'images' | 'revision' | 'cooldownSeconds'>;
  readonly gate?: GatePlan;
  /** Tables that a run reads. */
  readonly datasets: readonly Freezable[];
  /** Athena workgroup that reads them. */
  readonly workgroup: string;
  /** Name of the bucket of the artifact store; a token. Prefix in it of frozen snapshots, and of results of runs. */
  readonly bucket: string;
  readonly snapshotsPrefix: string;
  readonly runsPrefix: string;
  /** Name of the parameter with the record of the version that serves. */
  readonly championParameter: string;
  /** Repository of the images; a token. */
  readonly repository: string;
  /** Name of the table of locks, and the lock of this pipeline. */
  readonly lockTable: string;
  readonly lock: string;
  /** Topic of the alert channel. */
  readonly topicArn: string;
  readonly outcomes: Readonly<Record<RunOutcome, Signal>>;
  /** Addresses of the console: the executions of machines, processing jobs, training jobs; what is looked at follows. */
  readonly links: { readonly executions: string; readonly processing: string; readonly training: string };
  /** Seconds that the slowest run may take. */
  readonly longestRunSeconds: number;
}

/** Seconds between two looks at the lock while another execution starts a run. */
export const LOCK_WAIT_SECONDS = 60;

/** What a holder of the lock takes beside its datasets: looks, a file, and calls that are tried again. */
const DECIDE_SECONDS = 3600;

/** How long a lock outlives a holder that crashed: as long as the slowest one works. */
export const lockTtlSeconds = (datasets: number): number => freezeSeconds(datasets) + DECIDE_SECONDS;

/** How long an execution may wait for others and start a run: as long as three locks. */
export const startAllowanceSeconds = (datasets: number): number => 3 * lockTtlSeconds(datasets);

/** Most that an execution is given for a run, of the year that Step Functions gives it: 300 days. */
const LONGEST_SECONDS = 25_920_000;

/** Seconds for which an execution follows the slowest run of a pipeline. */
export const followedSeconds = (
  steps: PipelinePlan['steps'],
  cluster?: Pick<TrainingClusterPlan, 'attempts'>,
): number => Math.min(LONGEST_SECONDS, longestAwsRunSeconds(steps, cluster));
