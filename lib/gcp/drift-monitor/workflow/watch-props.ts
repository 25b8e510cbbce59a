import type { DriftPlan } from '../../../plan/drift/drift-plan';
import type { MachineType } from '../../../plan/machines/machines';
import type { Target } from '../../target';
import type { FrozenTable } from '../../training-pipeline/workflow/start-props';

/** What the workflow is made from. Nothing here may be a token. */
export interface WatchWorkflowProps {
  readonly target: Pick<Target, 'project' | 'region'>;
  /** What alerts come from. */
  readonly platform: string;
  readonly plan: DriftPlan;
  /** Resource name of the model, whose versions are `…@<number>`. */
  readonly modelId: string;
  /** Table with the requests that the endpoint recorded. */
  readonly captures: FrozenTable;
  /** Tables of the datasets that are frozen, by dataset. */
  readonly tables: Readonly<Record<string, FrozenTable>>;
  /** Bucket of artifacts. */
  readonly artifactsBucket: string;
  /** Prefixes in it of what versions are trained on, without a slash at the end. */
  readonly references: readonly string[];
  /** Where the job sees its code. */
  readonly code: string;
  /** Where the job sees what the plan tells it: a folder with a file for each kind of run, `<kind>.json`. */
  readonly config: string;
  /** Image with Python and what the job needs. */
  readonly image: string;
  /** Machine that the job runs on. */
  readonly machine: MachineType;
  /** E-mail of the account that the job acts as. */
  readonly account: string;
  /** Key of the job, as Vertex AI names it. */
  readonly encryptionKeyId: string;
  /** `projects/P/regions/R/networkAttachments/A`, by which the job reaches the network. */
  readonly attachment: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Tag of the error that an execution ends with once it has told the alert channel. */
export const WATCH_ANNOUNCED = 'NotMeasured';

/** Argument of an execution. */
export interface WatchRequest {
  /** Which of the plan's runs. Default: drift. */
  readonly kind?: string;
}

/** What an execution returns. */
export interface WatchReport {
  /** idle: there was nothing to compare. measured: figures were published. */
  readonly outcome: 'idle' | 'measured';
  readonly detail: string;
}
