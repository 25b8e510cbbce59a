import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge, inSharedPacks } from '../policy/acknowledge';

/** Days after which parts of an upload that never finished are deleted. */
export const ABORT_UPLOAD_DAYS = 7;
/** Days that an overwritten or deleted version of an object stays. */
export const DEFAULT_NONCURRENT_DAYS = 30;

export interface SecureBucketProps {
  /** A name of the plan. Default: CloudFormation makes one. */
  readonly bucketName?: string;
  readonly encryptionKey: kms.IKey;
  /** Bucket that receives the access logs; its policy lets log delivery in for every bucket of this account. */
  readonly accessLogs: s3.IBucket;
  /** Prefix of this bucket's access logs, such as `raw/`. */
  readonly accessLogsPrefix: string;
  /** Default: retain. S3 never deletes a bucket that has objects. */
  readonly removalPolicy?: RemovalPolicy;
  /** What expires, beside unfinished uploads and old versions. Default: nothing. */
  readonly lifecycleRules?: readonly s3.LifecycleRule[];
  /** How long overwritten and deleted versions stay, in whole days. Default: 30 days. */
  readonly noncurrentExpiry?: Duration;
}

/**
 * A bucket for data: customer key, versions, TLS 1.2 or later only, private, owned by this account alone, access logs,
 * and every change announced to EventBridge.
 */
export function secureBucket(scope: Construct, id: string, props: SecureBucketProps): s3.IBucket {
  const bucket = new s3.Bucket(scope, id, {
    ...(props.bucketName === undefined ? {} : { bucketName: props.bucketName }),
    encryption: s3.BucketEncryption.KMS,
    encryptionKey: props.encryptionKey,
    bucketKeyEnabled: true,
    versioned: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    lifecycleRules: [
      {
        id: 'leftovers',
        abortIncompleteMultipartUploadAfter: Duration.days(ABORT_UPLOAD_DAYS),
        noncurrentVersionExpiration: props.noncurrentExpiry ?? Duration.days(DEFAULT_NONCURRENT_DAYS),
        expiredObjectDeleteMarker: true,
      },
      ...(props.lifecycleRules ?? []),
    ],
  });
  const resource = bucket.node.defaultChild as s3.CfnBucket;
  // The construct's own switch for EventBridge is a custom resource, and its own access logs would write the name of
  // this bucket into the log bucket's policy, which would tie their stacks into a circle.
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  resource.loggingConfiguration = {
    destinationBucketName: props.accessLogs.bucketName,
    logFilePrefix: props.accessLogsPrefix,
  };
  acknowledge(
    bucket,
    inSharedPacks(
      'S3BucketReplicationEnabled',
      'Versions and retention protect what is in this bucket; a copy in another region is a decision of its owner.',
    ),
  );
  // Under exactOptionalPropertyTypes the class is no subtype of its interface: its `isWebsite` may be set to undefined.
  return bucket as s3.IBucket;
}
