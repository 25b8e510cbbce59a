import { AssetStaging, Aws, FileAssetPackaging, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { allow } from '../access/grant-statement';

/**
 * A folder that `cdk deploy` uploads as a zip to the bucket of the bootstrap; its name is a hash of its content. The CDK's own
 * construct for that loads the facts of every region, for a bucket that nobody here needs.
 */
export class ZippedFolder extends Construct {
  /** `s3://bucket` */
  public readonly bucketUri: string;
  public readonly objectKey: string;
  /** `s3://bucket/hash.zip` */
  public readonly uri: string;
  /** Name of the zip. */
  public readonly file: string;
  private readonly bucketArn: string;

  /** @param path - copied at once to where the app is synthesised to, without what Python leaves behind */
  constructor(scope: Construct, id: string, path: string) {
    super(scope, id);
    const stack = Stack.of(this);
    const staging = new AssetStaging(this, 'Staging', { sourcePath: path, exclude: ['__pycache__', '*.pyc'] });
    const { bucketName, objectKey } = stack.synthesizer.addFileAsset({
      sourceHash: staging.assetHash,
      fileName: staging.relativeStagedPath(stack),
      packaging: FileAssetPackaging.ZIP_DIRECTORY,
      displayName: this.node.path,
    });
    this.bucketArn = `arn:${Aws.PARTITION}:s3:::${bucketName}`;
    this.objectKey = objectKey;
    this.bucketUri = `s3://${bucketName}`;
    this.uri = `${this.bucketUri}/${objectKey}`;
    this.file = `${staging.assetHash}.zip`;
  }

  /**
   * Lets someone read this file and no other of the bucket. Where the bootstrap has a key of its own, the policy of that key
   * lets in whoever may read the bucket. Source: CDK developer guide, "Customize the bootstrap", FileAssetsBucketEncryptionKey.
   */
  grantRead(to: iam.IGrantable): void {
    allow(to, ['s3:ListBucket'], [this.bucketArn], { StringLike: { 's3:prefix': [this.objectKey] } });
    allow(to, ['s3:GetBucketLocation'], [this.bucketArn]);
    allow(to, ['s3:GetObject'], [`${this.bucketArn}/${this.objectKey}`]);
  }
}
