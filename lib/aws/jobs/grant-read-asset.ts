import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as assets from 'aws-cdk-lib/aws-s3-assets';
import { allow } from '../access/grant-statement';

/**
 * Lets someone read this file and no other of the bucket. Where the bootstrap has a key of its own, the policy of that key
 * lets in whoever may read the bucket. Source: CDK developer guide, "Customize the bootstrap", FileAssetsBucketEncryptionKey.
 */
export function grantReadAsset({ bucket, s3ObjectKey }: assets.Asset, to: iam.IGrantable): void {
  allow(to, ['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': [s3ObjectKey] } });
  allow(to, ['s3:GetBucketLocation'], [bucket.bucketArn]);
  allow(to, ['s3:GetObject'], [bucket.arnForObjects(s3ObjectKey)]);
}
