/**
 * What Cloud Storage measures of a bucket, once a day. Source: Cloud Monitoring documentation, "Google Cloud metrics",
 * storage.
 */
export type BucketMetric = 'storage/v2/total_bytes' | 'storage/v2/total_count';

/** Time series of a metric of one bucket, as a filter of Cloud Monitoring. */
export const bucketMetric = (bucketName: string, metric: BucketMetric): string =>
  [
    'resource.type = "gcs_bucket"',
    `resource.labels.bucket_name = "${bucketName}"`,
    `metric.type = "storage.googleapis.com/${metric}"`,
  ].join(' AND ');
