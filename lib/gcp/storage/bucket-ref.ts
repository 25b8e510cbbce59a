import type { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';

/** A bucket as grants see it, made here or elsewhere. */
export interface BucketRef {
  readonly bucketName: string;
  /** Made in this app. A bucket of another stack, which was deployed before, has none. */
  readonly resource?: StorageBucket;
}
