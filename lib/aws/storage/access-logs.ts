import { Aws, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, inSharedPacks } from '../policy/acknowledge';
import { type DataRemovalProps, dataRemovalPolicy } from '../removal';
import { NamedBucket } from './named-bucket';
import { ABORT_UPLOAD_DAYS } from './secure-bucket';

/** Days that records of who accessed what are kept. */
export const DEFAULT_ACCESS_LOG_DAYS = 365;

const NO_LOG = 'This bucket receives the access logs; logging its own would never end.';

export interface AccessLogsProps extends DataRemovalProps {
  /** A name of the plan. Default: CloudFormation makes one. */
  readonly bucketName?: string;
  /** How long records are kept, in whole days. Default: 365 days. */
  readonly expiry?: Duration;
}

/**
 * The bucket that receives the access logs of all other buckets of this account and region. It is encrypted with keys of
 * S3, because log delivery cannot write to a bucket whose default is a KMS key. Source: S3 user guide, "Enabling Amazon
 * S3 server access logging".
 */
export class AccessLogs extends Construct {
  public readonly bucket: s3.IBucket;

  /** The log bucket of another stack. */
  static fromName(scope: Construct, id: string, bucketName: string): s3.IBucket {
    return NamedBucket.of(scope, id, bucketName);
  }

  constructor(scope: Construct, id: string, props: AccessLogsProps = {}) {
    super(scope, id);
    const bucket = new s3.Bucket(this, 'Bucket', {
      ...(props.bucketName === undefined ? {} : { bucketName: props.bucketName }),
      encryption: s3.BucketEncryption.S3_MANAGED,
      versioned: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: dataRemovalPolicy(this, props),
      lifecycleRules: [
        {
          id: 'expiry',
          expiration: props.expiry ?? Duration.days(DEFAULT_ACCESS_LOG_DAYS),
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(ABORT_UPLOAD_DAYS),
        },
      ],
    });
    bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'LogDelivery',
        principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects('*')],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:s3:::*` },
        },
      }),
    );
    acknowledge(bucket, {
      ...inSharedPacks('S3BucketReplicationEnabled', 'Records of access expire and are no data of their own.'),
      ...inSharedPacks(
        'S3DefaultEncryptionKMS',
        'Log delivery cannot write to a bucket whose default encryption is a KMS key.',
      ),
      ...inSharedPacks('S3BucketLoggingEnabled', NO_LOG),
      'AwsSolutions-S1': NO_LOG,
    });
    this.bucket = bucket as s3.IBucket;
  }
}
