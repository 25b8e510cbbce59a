import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/** Kind of storage that S3 counts each of its metrics by. */
const STORAGE_TYPES = { BucketSizeBytes: 'StandardStorage', NumberOfObjects: 'AllStorageTypes' } as const;

/** A metric that S3 has of a bucket once a day. Source: S3 user guide, "Amazon S3 metrics and dimensions". */
export function bucketMetric(
  bucket: s3.IBucket,
  metricName: keyof typeof STORAGE_TYPES,
  props: cloudwatch.MetricOptions = {},
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/S3',
    metricName,
    dimensionsMap: { BucketName: bucket.bucketName, StorageType: STORAGE_TYPES[metricName] },
    statistic: 'Average',
    period: Duration.days(1),
    ...props,
  });
}
