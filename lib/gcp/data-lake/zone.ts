import type { BigqueryDataset } from '@cdktf/provider-google/lib/bigquery-dataset';
import type { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { Construct } from 'constructs';
import { timeTravelHours } from '../../plan/bigquery-time-travel';
import type { PlatformNames } from '../../plan/names';
import type { DatasetSpec, ZoneSpec } from '../../spec/data-lake';
import type { EncryptionKey } from '../keys/encryption-key';
import type { DataRemovalProps } from '../removal';
import type { BucketRef } from '../storage/bucket-ref';
import { DEFAULT_NONCURRENT_DAYS, expiryBelow, secureBucket } from '../storage/secure-bucket';
import { secureDataset } from '../storage/secure-dataset';
import type { Target } from '../target';
import { bucketMetric } from './bucket-metrics';
import { FILES_PREFIX, filesBucketName, type IZone, tablesBucketName } from './lake-parts';

const SECONDS_A_DAY = 86_400;

export interface LakeZoneProps extends DataRemovalProps {
  readonly target: Target;
  readonly names: PlatformNames;
  readonly name: string;
  readonly spec: ZoneSpec;
  /** Datasets of the zone. */
  readonly datasets: readonly DatasetSpec[];
  readonly encryptionKey: EncryptionKey;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A zone of a lake: a bucket with `files/`, to which the zone's retention applies; a dataset of BigQuery; and, where there
 * are tables, a bucket of theirs with `tables/`, which deletes nothing by age.
 */
export class Zone extends Construct implements IZone {
  public readonly name: string;
  public readonly bucket: BucketRef;
  public readonly tablesBucket: BucketRef;
  public readonly filesResource: StorageBucket;
  public readonly tablesResource: StorageBucket | undefined;
  public readonly database: BigqueryDataset;
  public readonly databaseName: string;

  constructor(scope: Construct, id: string, props: LakeZoneProps) {
    super(scope, id);
    const { target, names, name, encryptionKey, labels } = props;
    const days = props.spec.retention && props.spec.retention.seconds / SECONDS_A_DAY;
    const common = {
      target,
      encryptionKey,
      labels,
      ...(props.destroyData === undefined ? {} : { destroyData: props.destroyData }),
    };
    this.name = name;
    this.databaseName = names.of('database', name);
    this.filesResource = secureBucket(this, 'Bucket', {
      ...common,
      bucketName: filesBucketName(names, name, target),
      ...(days === undefined
        ? {}
        : {
            lifecycleRules: [expiryBelow(FILES_PREFIX, days)],
            // Old versions of files go no later than the files themselves would, however short the retention.
            noncurrentDays: Math.min(days, DEFAULT_NONCURRENT_DAYS),
          }),
    });
    this.bucket = { bucketName: filesBucketName(names, name, target), resource: this.filesResource };
    const tablesName = tablesBucketName(names, name, target);
    this.tablesResource =
      props.datasets.length === 0
        ? undefined
        : secureBucket(this, 'Tables', { ...common, bucketName: tablesName, versioned: false });
    this.tablesBucket = {
      bucketName: tablesName,
      ...(this.tablesResource === undefined ? {} : { resource: this.tablesResource }),
    };
    this.database = secureDataset(this, 'Database', {
      ...common,
      datasetId: this.databaseName,
      description: `Tables of the zone ${name}`,
      timeTravelHours: timeTravelHours(props.datasets),
    });
  }

  /** Bytes of the files, once a day, as a filter of Cloud Monitoring. */
  metricTotalBytes(): string {
    return bucketMetric(this.bucket.bucketName, 'storage/v2/total_bytes');
  }

  /** Number of files, all versions of them, once a day. */
  metricTotalCount(): string {
    return bucketMetric(this.bucket.bucketName, 'storage/v2/total_count');
  }
}
