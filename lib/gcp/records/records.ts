import type { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { Construct } from 'constructs';
import type { Ready } from '../access/grantee';
import type { Grantors } from '../access/grantors';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { CustomerKey } from '../keys/customer-key';
import type { EncryptionKey } from '../keys/encryption-key';
import type { DataRemovalProps } from '../removal';
import type { BucketRef } from '../storage/bucket-ref';
import { secureBucket } from '../storage/secure-bucket';
import type { Target } from '../target';
import { RecordsGrants } from './records-grants';

/** Days that an overwritten record stays. Locks and records are written all the time, and each says all of itself. */
export const NONCURRENT_RECORD_DAYS = 1;

export interface RecordsProps extends DataRemovalProps {
  readonly target: Target;
  /** Name that no other bucket in the world has: `fraud-prod-records-123456789012`, with the number of the project. */
  readonly bucketName: string;
  /** Default: a key of its own, in a ring called like the bucket. */
  readonly encryptionKey?: EncryptionKey;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Where machines hold a lock for each thing they own, and keep what they have to remember. */
export interface IRecords {
  readonly bucketName: string;
  /** What has to be there before an object of it is made; empty for one of another stack. */
  readonly ready: Ready;
  readonly grants: RecordsGrants;
  readonly grantors: Required<Pick<Grantors, 'lock' | 'parameter'>>;
}

/**
 * One bucket of small JSON objects: `locks/<lock>` with its owner and the time at which it is free again, so that a holder
 * that crashed blocks nobody for ever; `models/<model>/…` with what serves. An object is taken, changed and given back at a
 * generation, so two writers never both win.
 * Source: Cloud Storage documentation, "Request preconditions"; object requests are strongly consistent.
 */
export class Records extends Construct implements IRecords {
  public readonly bucket: StorageBucket;
  public readonly bucketName: string;
  public readonly ready: Ready;
  public readonly encryptionKey: EncryptionKey;
  public readonly grants: RecordsGrants;
  public readonly grantors: Required<Pick<Grantors, 'lock' | 'parameter'>>;

  /** Records of another stack, by the name of their bucket. */
  static fromName(bucketName: string): IRecords {
    return { bucketName, ready: [], ...grantsOn({ bucketName }) };
  }

  constructor(scope: Construct, id: string, props: RecordsProps) {
    super(scope, id);
    refuseForbidden(this);
    const { bucketName, encryptionKey, ...rest } = props;
    this.bucketName = bucketName;
    this.encryptionKey =
      encryptionKey ?? new CustomerKey(this, 'Key', { ...rest, keyRingName: bucketName, agents: ['storage'] });
    this.bucket = secureBucket(this, 'Bucket', {
      ...rest,
      bucketName,
      encryptionKey: this.encryptionKey,
      noncurrentDays: NONCURRENT_RECORD_DAYS,
    });
    this.ready = [this.bucket];
    const { grants, grantors } = grantsOn({ bucketName: this.bucketName, resource: this.bucket });
    this.grants = grants;
    this.grantors = grantors;
  }
}

function grantsOn(bucket: BucketRef): Pick<IRecords, 'grants' | 'grantors'> {
  const grants = new RecordsGrants(bucket);
  return {
    grants,
    grantors: {
      lock: (_verb, name, to) => grants.hold(name, to),
      parameter: (verb, path, to) => grants[verb](path, to),
    },
  };
}
