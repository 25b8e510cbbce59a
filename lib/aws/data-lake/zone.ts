import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as glue from 'aws-cdk-lib/aws-glue';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ZoneSpec } from '../../spec/data-lake';
import { type DataRemovalProps, dataRemovalPolicy } from '../removal';
import { DEFAULT_NONCURRENT_DAYS, secureBucket } from '../storage/secure-bucket';
import { FILES_PREFIX, type IZone, TABLES_PREFIX } from './lake-parts';

const SECONDS_A_DAY = 86_400;

export interface LakeZoneProps extends DataRemovalProps {
  readonly name: string;
  readonly spec: ZoneSpec;
  /** A name of the plan. Default: CloudFormation makes one. */
  readonly bucketName?: string;
  readonly databaseName: string;
  readonly encryptionKey: kms.IKey;
  /** Bucket that receives the access logs. */
  readonly accessLogs: s3.IBucket;
}

/**
 * A zone of a lake: a bucket with `files/`, to which the zone's retention applies, and `tables/`, to which it does not,
 * and a Glue database. Deleting a database forgets where its tables are, so it is retained like the data.
 */
export class Zone extends Construct implements IZone {
  public readonly name: string;
  public readonly bucket: s3.IBucket;
  public readonly database: glue.CfnDatabase;
  public readonly databaseName: string;

  constructor(scope: Construct, id: string, props: LakeZoneProps) {
    super(scope, id);
    const removalPolicy = dataRemovalPolicy(this, props);
    const { retention } = props.spec;
    this.name = props.name;
    this.databaseName = props.databaseName;
    this.bucket = secureBucket(this, 'Bucket', {
      ...(props.bucketName === undefined ? {} : { bucketName: props.bucketName }),
      encryptionKey: props.encryptionKey,
      accessLogs: props.accessLogs,
      accessLogsPrefix: `lake-${props.name}/`,
      removalPolicy,
      lifecycleRules: retention === undefined ? [] : [filesRetention(retention.seconds / SECONDS_A_DAY)],
    });
    this.database = new glue.CfnDatabase(this, 'Database', {
      catalogId: Stack.of(this).account,
      databaseInput: {
        name: props.databaseName,
        description: `Tables of the zone ${props.name}`,
        locationUri: this.bucket.s3UrlForObject(TABLES_PREFIX),
      },
    });
    this.database.applyRemovalPolicy(removalPolicy);
  }

  /** Size of what is in the bucket, in bytes, once a day. Source: S3 user guide, "Amazon S3 metrics and dimensions". */
  metricBucketSizeBytes(props: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('BucketSizeBytes', 'StandardStorage', props);
  }

  /** Number of objects in the bucket, all versions of them, once a day. */
  metricNumberOfObjects(props: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('NumberOfObjects', 'AllStorageTypes', props);
  }

  private metric(metricName: string, storageType: string, props: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/S3',
      metricName,
      dimensionsMap: { BucketName: this.bucket.bucketName, StorageType: storageType },
      statistic: 'Average',
      period: Duration.days(1),
      ...props,
    });
  }
}

/** Old versions of files go no later than the files themselves would, however short the retention. */
const filesRetention = (days: number): s3.LifecycleRule => ({
  id: 'files',
  prefix: FILES_PREFIX,
  expiration: Duration.days(days),
  noncurrentVersionExpiration: Duration.days(Math.min(days, DEFAULT_NONCURRENT_DAYS)),
});
