import type { MachineType } from '../../../plan/machines/machines';
import type { PipelinePlan } from '../../../plan/pipeline/pipeline-plan';
import type { Part } from './references';

/** A zip in S3. */
export interface ZipFile {
  /** `s3://bucket` */
  readonly bucketUri: Part;
  readonly objectKey: string;
  /** Its name: `hash.zip`. */
  readonly file: string;
}

/** What the platform's own job needs that checks data. Values may be tokens. */
export interface ValidationJob {
  readonly imageUri: Part;
  /** Its code. */
  readonly code: ZipFile;
  /** The files of `--rules` for each dataset that is checked. */
  readonly rules: Readonly<Record<string, ZipFile>>;
}

/** What a definition is made from. Values may be tokens where they are no names of the plan. */
export interface DocumentProps {
  readonly plan: PipelinePlan;
  /** Machine of each step that has one of its own. */
  readonly machines: Readonly<Record<string, MachineType>>;
  /** `s3://` address that runs leave their results below, with a slash at its end. */
  readonly resultsUri: Part;
  /** `s3://` address that trainings leave checkpoints below, likewise. */
  readonly checkpointsUri: Part;
  /** Repository of images, without a tag. */
  readonly repositoryUri: Part;
  /** Role that steps run as. */
  readonly stepRoleArn: Part;
  readonly keyArn: Part;
  readonly subnetIds: readonly Part[];
  readonly securityGroupId: Part;
  /** Model package group that versions are registered in. */
  readonly groupName: Part;
  /** Queue by which steps on the batch cluster are handed over. Absent where there are none. */
  readonly clusterQueueUrl?: string;
  /** ARN of the job definition of each such step, a revision of it. */
  readonly clusterDefinitions?: Readonly<Record<string, Part>>;
  /** Absent where no step checks data. */
  readonly validation?: ValidationJob;
  /** Tags of jobs and versions. */
  readonly tags: unknown;
}

/** A step of a definition. */
export interface Step {
  readonly Name: string;
  readonly Type: 'Processing' | 'Training' | 'Callback' | 'Condition' | 'RegisterModel' | 'Fail';
  readonly Arguments: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly PropertyFiles?: readonly {
    readonly PropertyFileName: string;
    readonly OutputName: string;
    readonly FilePath: string;
  }[];
  /** Of a callback step, which has outputs of its own. */
  readonly SqsQueueUrl?: string;
  readonly OutputParameters?: readonly { readonly OutputName: string; readonly OutputType: 'String' }[];
  readonly CacheConfig?: { readonly Enabled: boolean; readonly ExpireAfter: string };
  readonly RetryPolicies?: readonly Readonly<Record<string, unknown>>[];
}

/** Names of steps that are none of the user's: those of the user begin with a small letter. */
export const GATE_STEP = 'Gate';
export const GATE_FAILED_STEP = 'GateFailed';
export const REGISTER_STEP = 'Register';
export const conditionStep = (step: string): string => `When-${step}`;
