import { StorageBucket, type StorageBucketLifecycleRule } from '@cdktf/provider-google/lib/storage-bucket';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { gcpBucket } from '../../spec/gcp-target';
import { after } from '../access/after';
import type { EncryptionKey } from '../keys/encryption-key';
import { findingsOf, refuseProps } from '../props';
import { type DataRemovalProps, dataRemoval } from '../removal';
import type { Target } from '../target';

/** Days after which parts of an upload that never finished are deleted. */
export const ABORT_UPLOAD_DAYS = 7;
/** Days that an overwritten or deleted version of an object stays. */
export const DEFAULT_NONCURRENT_DAYS = 30;
/** Days that a deleted object or bucket can be restored. Source: Cloud Storage documentation, "Soft delete": 7 to 90. */
export const DEFAULT_SOFT_DELETE_DAYS = 7;

const NAMED = z.object({ bucketName: gcpBucket });

const SECONDS_A_DAY = 24 * 60 * 60;

export interface SecureBucketProps extends DataRemovalProps {
  readonly target: Target;
  /** A name of the plan with the project's number, as `gcpBucketName` writes it: bucket names are the world's. */
  readonly bucketName: string;
  /** Key of every object. The agent of Cloud Storage must be allowed to use it, as those of `Keys` do. */
  readonly encryptionKey: EncryptionKey;
  /** What expires, beside unfinished uploads and old versions. Default: nothing. */
  readonly lifecycleRules?: readonly StorageBucketLifecycleRule[];
  /** Whether overwritten and deleted versions stay. Default: true. Some services refuse buckets whose objects have any. */
  readonly versioned?: boolean;
  /** How long overwritten and deleted versions stay, in days. Default: DEFAULT_NONCURRENT_DAYS. */
  readonly noncurrentDays?: number;
  /** How long deleted objects can be restored, in days, 7 to 90. Default: DEFAULT_SOFT_DELETE_DAYS. */
  readonly softDeleteDays?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A bucket for data: customer key, versions, soft delete, IAM alone decides and nobody can make it public. Cloud Storage
 * takes TLS only. Terraform destroys it with what is in it only when both keys are turned.
 * @throws SpecError for a name that no bucket can have.
 */
export function secureBucket(scope: Construct, id: string, props: SecureBucketProps): StorageBucket {
  const { target, bucketName, encryptionKey } = props;
  refuseProps(scope, findingsOf(NAMED, { bucketName }));
  const removal = dataRemoval(scope, props);
  return new StorageBucket(scope, id, {
    project: target.project,
    location: target.region,
    name: bucketName,
    storageClass: 'STANDARD',
    uniformBucketLevelAccess: true,
    publicAccessPrevention: 'enforced',
    versioning: { enabled: props.versioned ?? true },
    softDeletePolicy: {
      retentionDurationSeconds: (props.softDeleteDays ?? DEFAULT_SOFT_DELETE_DAYS) * SECONDS_A_DAY,
    },
    encryption: { defaultKmsKeyName: encryptionKey.id },
    lifecycleRule: [
      { action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: ABORT_UPLOAD_DAYS } },
      {
        action: { type: 'Delete' },
        condition: {
          daysSinceNoncurrentTime: props.noncurrentDays ?? DEFAULT_NONCURRENT_DAYS,
          withState: 'ARCHIVED',
        },
      },
      ...(props.lifecycleRules ?? []),
    ],
    labels: { ...props.labels },
    forceDestroy: removal.destroyContents,
    lifecycle: removal.lifecycle,
    dependsOn: [...after(scope, encryptionKey.ready)],
  });
}

/** Deletes live objects below a prefix when they are this old, in days. Their versions go as those of all objects do. */
export const expiryBelow = (prefix: string, days: number): StorageBucketLifecycleRule => ({
  action: { type: 'Delete' },
  condition: { age: days, matchesPrefix: [prefix.endsWith('/') ? prefix : `${prefix}/`], withState: 'LIVE' },
});
