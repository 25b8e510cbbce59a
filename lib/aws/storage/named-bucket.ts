import { ArnFormat, Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/**
 * A bucket of another stack, known by its name alone. It is what `Bucket.fromBucketName` makes, without the table of
 * every region's facts: loading that takes a twentieth of a synthesis, and serves only the addresses of websites, which
 * no bucket of a platform is.
 */
export class NamedBucket extends s3.BucketBase {
  public readonly bucketName: string;
  public readonly bucketArn: string;
  public readonly bucketDomainName: string;
  public readonly bucketRegionalDomainName: string;
  public readonly bucketDualStackDomainName: string;
  public readonly isWebsite = false;
  public disallowPublicAccess = true;
  public readonly encryptionKey?: kms.IKey;
  public policy?: s3.BucketPolicy;
  public replicationRoleArn?: string;
  protected autoCreatePolicy = false;

  /** @throws ValidationError when S3 allows no such name */
  static of(scope: Construct, id: string, bucketName: string): s3.IBucket {
    return new NamedBucket(scope, id, bucketName) as s3.IBucket;
  }

  private constructor(scope: Construct, id: string, bucketName: string) {
    super(scope, id);
    s3.Bucket.validateBucketName(bucketName, true);
    const { region, urlSuffix } = Stack.of(this);
    this.bucketName = bucketName;
    this.bucketArn = Stack.of(this).formatArn({
      service: 's3',
      region: '',
      account: '',
      resource: bucketName,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    this.bucketDomainName = `${bucketName}.s3.${urlSuffix}`;
    this.bucketRegionalDomainName = `${bucketName}.s3.${region}.${urlSuffix}`;
    this.bucketDualStackDomainName = `${bucketName}.s3.dualstack.${region}.${urlSuffix}`;
  }

  get bucketWebsiteDomainName(): never {
    return this.noWebsite();
  }

  get bucketWebsiteUrl(): never {
    return this.noWebsite();
  }

  private noWebsite(): never {
    throw new Error(`${this.node.path} is private and has no website; import it with Bucket.fromBucketAttributes`);
  }
}
