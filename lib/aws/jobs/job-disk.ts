import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { MachineType } from '../../plan/machines/machines';

/** Disk of one machine of a job of SageMaker. Values may be tokens. */
export interface JobDisk<Key = string> {
  readonly VolumeSizeInGB: number;
  /** Absent where the machine has storage of its own. */
  readonly VolumeKmsKeyId?: Key;
}

/**
 * Machines with storage of their own use that and no other: the service refuses a key, and more than there is. Source:
 * service model of SageMaker, ResourceConfig and ProcessingClusterConfig.
 */
export const jobDisk = <Key>({ localStorageGb }: MachineType, diskGib: number, keyArn: Key): JobDisk<Key> =>
  localStorageGb > 0
    ? { VolumeSizeInGB: Math.min(diskGib, localStorageGb) }
    : { VolumeSizeInGB: diskGib, VolumeKmsKeyId: keyArn };

/**
 * What whoever starts machines of SageMaker needs for disks with this key. Source: SageMaker developer guide, "SageMaker API
 * permissions", CreateTrainingJob with a VolumeKmsKeyId.
 */
export const diskGrants = (key: kms.IKey): iam.PolicyStatement =>
  new iam.PolicyStatement({
    actions: ['kms:CreateGrant'],
    resources: [key.keyArn],
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  });
