import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PREFIXES } from '../../plan/access';
import type { Grantors } from '../access/grantors';
import { customerKey } from '../keys/customer-key';
import { type DataRemovalProps, dataRemovalPolicy } from '../removal';
import { AccessLogs } from '../storage/access-logs';
import { bucketMetric } from '../storage/bucket-metrics';
import { NamedBucket } from '../storage/named-bucket';
import { secureBucket } from '../storage/secure-bucket';
import { ArtifactGrants } from './artifact-grants';

/** Days that a checkpoint stays after it was written. */
export const DEFAULT_CHECKPOINT_DAYS = 30;
/** Days that the result of a query stays. */
export const DEFAULT_QUERY_DAYS = 7;

export interface ArtifactStoreProps extends DataRemovalProps {
  /** A name of the plan. Default: CloudFormation makes one. */
  readonly bucketName?: string;
  /** Default: a key of its own. */
  readonly encryptionKey?: kms.IKey;
  /** Bucket that receives the access logs. Default: an `AccessLogs` of its own. */
  readonly accessLogs?: s3.IBucket;
  /** Age at which checkpoints expire, in whole days. Default: 30 days. */
  readonly checkpointExpiry?: Duration;
  /** Age at which query results expire, in whole days. Default: 7 days. */
  readonly queryExpiry?: Duration;
}

/** A store of another stack or of somebody else. */
export interface ArtifactStoreAttributes {
  readonly bucketName: string;
  /** Key of the bucket; without it grants say nothing of a key. */
  readonly encryptionKey?: kms.IKey;
}

/** Where trainings leave models and checkpoints, and queries their results. */
export interface IArtifactStore {
  readonly bucket: s3.IBucket;
  readonly grants: ArtifactGrants;
  readonly grantors: Required<Pick<Grantors, 'prefix'>>;
  /** `s3://bucket/prefix/`. */
  uri(prefix: string): string;
}

/**
 * One bucket for what trainings and queries leave behind, by prefix. Artifacts stay; checkpoints and query results
 * expire, because each can be made again.
 */
export class ArtifactStore extends Construct implements IArtifactStore {
  public readonly bucket: s3.IBucket;
  public readonly encryptionKey: kms.IKey;
  public readonly grants: ArtifactGrants;
  public readonly grantors: Required<Pick<Grantors, 'prefix'>>;

  /** The store of another stack, by the name of its bucket. */
  static fromName(scope: Construct, id: string, attributes: ArtifactStoreAttributes): IArtifactStore {
    const bucket = NamedBucket.of(scope, id, attributes.bucketName);
    return {
      bucket,
      ...grantsOn(bucket, attributes.encryptionKey),
      uri: (prefix) => bucket.s3UrlForObject(`${prefix}/`),
    };
  }

  constructor(scope: Construct, id: string, props: ArtifactStoreProps = {}) {
    super(scope, id);
    const removal = props.destroyData === undefined ? {} : { destroyData: props.destroyData };
    this.encryptionKey =
      props.encryptionKey ?? customerKey(this, 'Key', { description: 'Training artifacts and query results' });
    this.bucket = secureBucket(this, 'Bucket', {
      ...(props.bucketName === undefined ? {} : { bucketName: props.bucketName }),
      encryptionKey: this.encryptionKey,
      accessLogs: props.accessLogs ?? new AccessLogs(this, 'AccessLogs', removal).bucket,
      accessLogsPrefix: 'artifacts/',
      removalPolicy: dataRemovalPolicy(this, removal),
      lifecycleRules: [
        {
          id: 'checkpoints',
          prefix: `${PREFIXES.checkpoints}/`,
          expiration: props.checkpointExpiry ?? Duration.days(DEFAULT_CHECKPOINT_DAYS),
        },
        {
          id: 'queries',
          prefix: `${PREFIXES.queries}/`,
          expiration: props.queryExpiry ?? Duration.days(DEFAULT_QUERY_DAYS),
        },
      ],
    });
    const { grants, grantors } = grantsOn(this.bucket, this.encryptionKey);
    this.grants = grants;
    this.grantors = grantors;
  }

  /** Size of what is in the bucket, in bytes, once a day. */
  metricBucketSizeBytes(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return bucketMetric(this.bucket, 'BucketSizeBytes', props);
  }

  /** Number of objects in the bucket, all versions of them, once a day. */
  metricNumberOfObjects(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return bucketMetric(this.bucket, 'NumberOfObjects', props);
  }

  uri(prefix: string): string {
    return this.bucket.s3UrlForObject(`${prefix}/`);
  }
}

function grantsOn(bucket: s3.IBucket, encryptionKey?: kms.IKey): Pick<IArtifactStore, 'grants' | 'grantors'> {
  const grants = new ArtifactGrants(bucket, encryptionKey);
  return { grants, grantors: { prefix: (verb, name, to) => grants[verb](name, to) } };
}
