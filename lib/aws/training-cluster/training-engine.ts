import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { TrainingClusterPlan } from '../../plan/training-cluster';
import type { Grantors } from '../access/grantors';
import type { Workload } from '../access/workload';
import type { AnnounceProps } from '../alerts/alert-channel';
import type { Submission } from './submission';

/** What every kind of cluster is built from. */
export interface TrainingEngineProps {
  readonly plan: TrainingClusterPlan;
  /** Datasets that trainings may read. */
  readonly reads: readonly string[];
  readonly grantors: Grantors;
  /** Key of images, disks and of what trainings leave. */
  readonly encryptionKey: kms.IKey;
  /** Key of logs. */
  readonly logKey: kms.IKey;
  /** Private subnets. */
  readonly subnetIds: readonly string[];
  readonly securityGroup: ec2.ISecurityGroup;
  readonly repository: ecr.Repository;
  /** Image of trainings that name none. */
  readonly image: string;
  /** `s3://` addresses that trainings leave models and checkpoints below. */
  readonly artifactsUri: string;
  readonly checkpointsUri: string;
  /** Default: a name after the cluster. */
  readonly logGroupName: string | undefined;
}

/** What runs trainings: the part of a cluster that each kind has of its own. */
export interface TrainingEngine {
  /** What trainings run as. */
  readonly workload: Workload;
  /** What somebody needs who starts trainings. */
  readonly submission: Submission;
  /** What somebody starts trainings with, in the shape of the service's own requests. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Failed trainings of this cluster, and where to look. */
  readonly failures: Pick<AnnounceProps, 'eventPattern' | 'details'>;
}
