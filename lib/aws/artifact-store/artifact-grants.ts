import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { allow } from '../access/grant-statement';
import { grantKey } from '../keys/key-grants';

/** Grants on files of the artifact store below one prefix, such as `training/artifacts`. */
export class ArtifactGrants {
  constructor(
    private readonly bucket: s3.IBucket,
    private readonly encryptionKey?: kms.IKey,
  ) {}

  /**
   * Lets someone list the files below a prefix. The location of the bucket is no secret of any prefix; query engines and
   * SDKs ask for it first.
   */
  list(prefix: string, to: iam.IGrantable): void {
    allow(to, ['s3:ListBucket'], [this.bucket.bucketArn], { StringLike: { 's3:prefix': [prefix, `${prefix}/*`] } });
    allow(to, ['s3:GetBucketLocation'], [this.bucket.bucketArn]);
  }

  /** Lets someone list and read the files below a prefix. */
  read(prefix: string, to: iam.IGrantable): void {
    this.list(prefix, to);
    allow(to, ['s3:GetObject'], [this.filesBelow(prefix)]);
    if (this.encryptionKey !== undefined) grantKey(this.encryptionKey, 'decrypt', to);
  }

  /** Lets someone list, read, write and delete the files below a prefix: who writes checkpoints reads and prunes them too. */
  write(prefix: string, to: iam.IGrantable): void {
    this.list(prefix, to);
    allow(
      to,
      ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      [this.filesBelow(prefix)],
    );
    if (this.encryptionKey !== undefined) grantKey(this.encryptionKey, 'encrypt', to);
  }

  private filesBelow(prefix: string): string {
    return this.bucket.arnForObjects(`${prefix}/*`);
  }
}
