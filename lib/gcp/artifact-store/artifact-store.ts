import type { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { Construct } from 'constructs';
import { PREFIXES } from '../../plan/access';
import type { Ready } from '../access/grantee';
import type { Grantors } from '../access/grantors';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { CustomerKey } from '../keys/customer-key';
import type { EncryptionKey } from '../keys/encryption-key';
import type { DataRemovalProps } from '../removal';
import type { BucketRef } from '../storage/bucket-ref';
import { expiryBelow, secureBucket } from '../storage/secure-bucket';
import type { Target } from '../target';
import { ArtifactGrants } from './artifact-grants';

/** Days that a checkpoint stays after it was written. */
export const DEFAULT_CHECKPOINT_DAYS = 30;
/** Days that the result of a query stays. */
export const DEFAULT_QUERY_DAYS = 7;

export interface ArtifactStoreProps extends DataRemovalProps {
  readonly target: Target;
  /** Name that no other bucket in the world has: `fraud-prod-artifacts-123456789012`, with the number of the project. */
  readonly bucketName: string;
  /** Default: a key of its own, in a ring called like the bucket. */
  readonly encryptionKey?: EncryptionKey;
  /** Age at which checkpoints expire, in days. Default: DEFAULT_CHECKPOINT_DAYS. */
  readonly checkpointDays?: number;
  /** Age at which query results expire, in days. Default: DEFAULT_QUERY_DAYS. */
  readonly queryDays?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Where trainings leave models and checkpoints, and queries their results. */
export interface IArtifactStore {
  readonly bucketName: string;
  /** What has to be there before an object of it is made; empty for one of another stack. */
  readonly ready: Ready;
  readonly grants: ArtifactGrants;
  readonly grantors: Required<Pick<Grantors, 'prefix'>>;
  /** `gs://bucket/prefix/`. */
  uri(prefix: string): string;
}

/**
 * One bucket for what trainings and queries leave behind, by prefix. Artifacts stay; checkpoints and query results
 * expire, because each can be made again.
 */
export class ArtifactStore extends Construct implements IArtifactStore {
  public readonly bucket: StorageBucket;
  public readonly bucketName: string;
  public readonly ready: Ready;
  public readonly encryptionKey: EncryptionKey;
  public readonly grants: ArtifactGrants;
  public readonly grantors: Required<Pick<Grantors, 'prefix'>>;

  /** The store of another stack, by the name of its bucket. */
  static fromName(bucketName: string): IArtifactStore {
    return { bucketName, ready: [], ...grantsOn({ bucketName }), uri: (prefix) => uriOf(bucketName, prefix) };
  }

  constructor(scope: Construct, id: string, props: ArtifactStoreProps) {
    super(scope, id);
    refuseForbidden(this);
    const { target, bucketName, encryptionKey, labels = {}, checkpointDays, queryDays, ...removal } = props;
    this.bucketName = bucketName;
    this.encryptionKey =
      encryptionKey ??
      new CustomerKey(this, 'Key', { ...removal, target, keyRingName: bucketName, agents: ['storage'], labels });
    this.bucket = secureBucket(this, 'Bucket', {
      ...removal,
      target,
      bucketName,
      encryptionKey: this.encryptionKey,
      labels,
      lifecycleRules: [
        expiryBelow(PREFIXES.checkpoints, checkpointDays ?? DEFAULT_CHECKPOINT_DAYS),
        expiryBelow(PREFIXES.queries, queryDays ?? DEFAULT_QUERY_DAYS),
      ],
    });
    this.ready = [this.bucket];
    const { grants, grantors } = grantsOn({ bucketName, resource: this.bucket });
    this.grants = grants;
    this.grantors = grantors;
  }

  uri(prefix: string): string {
    return uriOf(this.bucketName, prefix);
  }
}

const uriOf = (bucketName: string, prefix: string): string => `gs://${bucketName}/${prefix}/`;

function grantsOn(bucket: BucketRef): Pick<IArtifactStore, 'grants' | 'grantors'> {
  const grants = new ArtifactGrants(bucket);
  return { grants, grantors: { prefix: (verb, name, to) => grants[verb](name, to) } };
}
