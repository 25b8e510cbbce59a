import { App, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { NamedBucket } from '../../../lib/aws/storage/named-bucket';

describe('a bucket known by its name', () => {
  test.each([{ region: 'eu-central-1', account: '111122223333' }, {}])('is what CDK imports by name, in %j', (env) => {
    const stack = new Stack(new App(), 'Stack', { env });
    const ours = NamedBucket.of(stack, 'Ours', 'logs');
    const cdk = s3.Bucket.fromBucketName(stack, 'Cdk', 'logs');
    const seen = (bucket: s3.IBucket) => ({
      name: stack.resolve(bucket.bucketName),
      arn: stack.resolve(bucket.bucketArn),
      files: stack.resolve(bucket.arnForObjects('raw/*')),
      url: bucket.s3UrlForObject('raw/'),
      isWebsite: bucket.isWebsite,
      env: stack.resolve(bucket.env),
    });
    expect(seen(ours)).toEqual(seen(cdk));
  });

  test('has the addresses of its partition', () => {
    const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-central-1' } });
    const { bucketDomainName, bucketRegionalDomainName, bucketDualStackDomainName } = NamedBucket.of(
      stack,
      'B',
      'logs',
    );
    expect(stack.resolve([bucketDomainName, bucketRegionalDomainName, bucketDualStackDomainName])).toEqual(
      ['logs.s3.', 'logs.s3.eu-central-1.', 'logs.s3.dualstack.eu-central-1.'].map((start) => ({
        'Fn::Join': ['', [start, { Ref: 'AWS::URLSuffix' }]],
      })),
    );
  });

  test('has a name that S3 allows', () => {
    const stack = new Stack(new App(), 'Stack');
    expect(() => NamedBucket.of(stack, 'B', 'No/Slash')).toThrow(/Invalid S3 bucket name/);
  });

  test('has no website', () => {
    const bucket = NamedBucket.of(new Stack(new App(), 'Stack'), 'B', 'logs');
    expect(() => bucket.bucketWebsiteUrl).toThrow('Stack/B is private and has no website');
  });
});
