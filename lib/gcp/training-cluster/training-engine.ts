import type { PlatformNames } from '../../plan/names';
import type { TrainingClusterPlan } from '../../plan/training-cluster';
import type { Workload } from '../access/workload';
import type { AnnounceProps } from '../alerts/alert-channel';
import type { EncryptionKey } from '../keys/encryption-key';
import type { INetwork } from '../network/network';
import type { IRecords } from '../records/records';
import type { Target } from '../target';
import type { IImageRepository } from './image-repository';
import type { Submission } from './submission';
import type { TrainingRoles } from './training-roles';

/** What every kind of cluster is built from. */
export interface TrainingEngineProps {
  readonly target: Target;
  readonly names: PlatformNames;
  readonly plan: TrainingClusterPlan;
  /** What trainings run as, whatever the kind. */
  readonly workload: Workload;
  readonly roles: TrainingRoles;
  /** Key of disks, images and of what trainings leave. */
  readonly encryptionKey: EncryptionKey;
  /** Key of the workflow of a batch cluster. */
  readonly operationsKey: EncryptionKey;
  readonly network: INetwork;
  readonly records: IRecords;
  readonly repository: IImageRepository;
  /** Image of trainings that name none. */
  readonly image: string;
  /** `gs://` addresses that trainings leave models and checkpoints below. */
  readonly artifactsUri: string;
  readonly checkpointsUri: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What runs trainings: the part of a cluster that each kind has of its own. */
export interface TrainingEngine {
  /** What somebody needs who starts trainings. */
  readonly submission: Submission;
  /** What somebody starts trainings with, in the shape of the service's own requests. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Failed trainings of this cluster, and where to look. */
  readonly failures: Pick<AnnounceProps, 'filter' | 'where' | 'fields'>;
}
