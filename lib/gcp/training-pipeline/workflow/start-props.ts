import type { PipelinePlan } from '../../../plan/pipeline/pipeline-plan';
import type { RunOutcome } from '../../../plan/pipeline/pipeline-signals';
import type { Target } from '../../target';

/** A table of BigQuery that a run reads. */
export interface FrozenTable {
  readonly databaseName: string;
  readonly tableName: string;
}

/** What the workflow is made from. Nothing here may be a token. */
export interface StartWorkflowProps {
  readonly target: Pick<Target, 'project' | 'region'>;
  /** What alerts come from. */
  readonly platform: string;
  readonly plan: PipelinePlan;
  /** Resource name of the model, whose versions are `…@<number>`. */
  readonly modelId: string;
  /** By dataset: every one of the plan. */
  readonly tables: Readonly<Record<string, FrozenTable>>;
  /** Bucket of artifacts: of snapshots, results and the pipeline's document. */
  readonly artifactsBucket: string;
  /** Name of the object there that is the pipeline's document, a pipeline spec in JSON. */
  readonly document: string;
  /** Resource name of what images are tags of: `projects/P/locations/R/repositories/R/packages/training`. */
  readonly imagePackage: string;
  /** E-mail of the account that a run acts as. */
  readonly account: string;
  /** Key of a run, as Vertex AI names it. */
  readonly encryptionKeyId: string;
  /** `projects/P/regions/R/networkAttachments/A`, which steps reach the network by. */
  readonly attachment: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Tag of the error that an execution ends with once it has told the alert channel that no run was started, or seen to its end. */
export const START_ANNOUNCED = 'RunNotStarted';

/** Argument of an execution, unless an event gives one. */
export interface StartRequest {
  /** One of the plan's REASONS. Default: manual. */
  readonly reason?: string;
  /** Name of the trigger. Default: person. */
  readonly trigger?: string;
  /** What a person says of it, for whoever is told how it ends. */
  readonly note?: string;
}

/** What an execution returns; it raises where no run can be started. */
export interface StartReport {
  /** `ignored`: it is an event that is nothing to this pipeline. */
  readonly outcome: 'ignored' | 'refused' | Exclude<RunOutcome, 'start-failed'>;
  readonly detail: string;
  /** Resource name of the run, where there is one. */
  readonly run?: string;
  /** Number of the version that was registered. */
  readonly version?: string;
}
