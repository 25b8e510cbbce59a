import { Duration } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { Workload } from '../../../lib/aws/access/workload';
import {
  ArtifactStore,
  type ArtifactStoreProps,
  DEFAULT_CHECKPOINT_DAYS,
  DEFAULT_QUERY_DAYS,
} from '../../../lib/aws/artifact-store/artifact-store';
import { ALLOW_DATA_LOSS } from '../../../lib/aws/removal';
import { AccessLogs, DEFAULT_ACCESS_LOG_DAYS } from '../../../lib/aws/storage/access-logs';
import { ABORT_UPLOAD_DAYS, DEFAULT_NONCURRENT_DAYS } from '../../../lib/aws/storage/secure-bucket';
import { PREFIXES } from '../../../lib/plan/access';
import { nagFindings } from '../../support/nag';
import { synthTemplate, testStack } from '../../support/synth';

const KEY_ARN = 'arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const BUCKET = 'StoreBucket4FBDE984';
const LOG_BUCKET = 'StoreAccessLogsBucketAB6CA033';

const store = (props: ArtifactStoreProps = {}) => synthTemplate((stack) => new ArtifactStore(stack, 'Store', props));
const bucketOf = (template: Template, id = BUCKET) => template.findResources('AWS::S3::Bucket')[id];
const rulesOf = (template: Template) =>
  Object.fromEntries(
    bucketOf(template)?.Properties.LifecycleConfiguration.Rules.map(({ Id, ...rule }: { Id: string }) => [Id, rule]),
  );

test.each([
  ['BucketSizeBytes', 'StandardStorage'],
  ['NumberOfObjects', 'AllStorageTypes'],
] as const)('the artifact store measures %s once a day', (name, StorageType) => {
  const stack = testStack();
  const { metricStat } = new ArtifactStore(stack, 'Store')[`metric${name}`]().toMetricConfig();
  expect(metricStat).toMatchObject({ namespace: 'AWS/S3', metricName: name, period: Duration.days(1) });
  expect(stack.resolve(metricStat?.dimensions)).toEqual([
    { name: 'BucketName', value: { Ref: BUCKET } },
    { name: 'StorageType', value: StorageType },
  ]);
});

describe('the artifact store', () => {
  test('is private, versioned, encrypted, logged, and announces its changes', () => {
    expect(bucketOf(store())).toMatchObject({
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
          ],
        },
        LoggingConfiguration: { DestinationBucketName: { Ref: LOG_BUCKET }, LogFilePrefix: 'artifacts/' },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('refuses what does not come by TLS, and old TLS', () => {
    const deny = (Condition: object) => ({ Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Condition });
    store().hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: BUCKET },
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike(deny({ Bool: { 'aws:SecureTransport': 'false' } })),
          Match.objectLike(deny({ NumericLessThan: { 's3:TlsVersion': 1.2 } })),
        ]),
      },
    });
  });

  test('has neither a Lambda function nor a custom resource', () => {
    const types = new Set(
      Object.values(store().toJSON().Resources).map((resource) => (resource as { Type: string }).Type),
    );
    expect([...types].sort()).toEqual(['AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy']);
  });

  test('lets checkpoints and query results expire, and never artifacts', () => {
    expect(rulesOf(store())).toEqual({
      leftovers: {
        Status: 'Enabled',
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: ABORT_UPLOAD_DAYS },
        NoncurrentVersionExpiration: { NoncurrentDays: DEFAULT_NONCURRENT_DAYS },
        ExpiredObjectDeleteMarker: true,
      },
      checkpoints: { Status: 'Enabled', Prefix: `${PREFIXES.checkpoints}/`, ExpirationInDays: DEFAULT_CHECKPOINT_DAYS },
      queries: { Status: 'Enabled', Prefix: `${PREFIXES.queries}/`, ExpirationInDays: DEFAULT_QUERY_DAYS },
    });
    const rules = rulesOf(store({ checkpointExpiry: Duration.days(3), queryExpiry: Duration.days(1) }));
    expect([rules.checkpoints.ExpirationInDays, rules.queries.ExpirationInDays]).toEqual([3, 1]);
    for (const { Prefix } of Object.values(rules) as { Prefix?: string }[])
      if (Prefix !== undefined) expect(`${PREFIXES.artifacts}/`.startsWith(Prefix)).toBe(false);
  });

  test('takes a name, and gives it to its own bucket only', () => {
    const template = store({ bucketName: 'fraud-prod-artifacts' });
    expect(bucketOf(template)?.Properties.BucketName).toBe('fraud-prod-artifacts');
    expect(bucketOf(template, LOG_BUCKET)?.Properties).not.toHaveProperty('BucketName');
  });

  test('takes a key and a log bucket instead of making its own', () => {
    const template = synthTemplate(
      (stack) =>
        new ArtifactStore(stack, 'Store', {
          encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN),
          accessLogs: AccessLogs.fromName(stack, 'Logs', 'fraud-prod-logs'),
        }),
    );
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.resourceCountIs('AWS::S3::Bucket', 1);
    expect(bucketOf(template)?.Properties.LoggingConfiguration.DestinationBucketName).toBe('fraud-prod-logs');
  });

  test('goes, with its logs, only when both keys are turned', () => {
    const destroy = (context: Record<string, unknown>) =>
      synthTemplate((stack) => new ArtifactStore(stack, 'Store', { destroyData: true }), { context });
    expect(() => destroy({})).toThrow(ALLOW_DATA_LOSS);
    for (const bucket of Object.values(destroy({ [ALLOW_DATA_LOSS]: 'true' }).findResources('AWS::S3::Bucket')))
      expect(bucket.DeletionPolicy).toBe('Delete');
  });

  test('keeps its logical id', () => {
    expect(Object.keys(store().findResources('AWS::S3::Bucket'))).toEqual([LOG_BUCKET, BUCKET]);
  });
});

describe('the bucket of access logs', () => {
  const template = () => synthTemplate((stack) => new AccessLogs(stack, 'Logs'));

  test('is encrypted by S3 itself, which log delivery needs, and expires', () => {
    template().hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: DEFAULT_ACCESS_LOG_DAYS })] },
    });
  });

  test('lets log delivery write for buckets of this account, whichever they are', () => {
    template().hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'logging.s3.amazonaws.com' },
            Action: 's3:PutObject',
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::*']] } },
            },
          }),
        ]),
      },
    });
  });

  test('has no finding, alone or with buckets that log to it', () => {
    const alone = testStack();
    new AccessLogs(alone, 'Logs');
    expect(nagFindings(alone)).toEqual([]);
    const together = testStack();
    new ArtifactStore(together, 'Store');
    expect(nagFindings(together)).toEqual([]);
  });
});

describe('access to artifacts', () => {
  const granted = (verb: 'list' | 'read' | 'write', key = true) => {
    const stack = testStack();
    const policy = new iam.ManagedPolicy(stack, 'Policy');
    const imported = ArtifactStore.fromName(stack, 'Store', {
      bucketName: 'artifacts',
      ...(key ? { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) } : {}),
    });
    imported.grants[verb](PREFIXES.artifacts, policy);
    return stack.resolve(policy.document).Statement as readonly {
      Action: unknown;
      Resource: unknown;
      Condition?: unknown;
    }[];
  };
  const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::artifacts${rest}`]] });
  const listing = [
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: arn(''),
      Condition: { StringLike: { 's3:prefix': ['training/artifacts', 'training/artifacts/*'] } },
    },
    { Effect: 'Allow', Action: 's3:GetBucketLocation', Resource: arn('') },
  ];

  test('to read stays below one prefix', () => {
    expect(granted('read')).toEqual([
      ...listing,
      { Effect: 'Allow', Action: 's3:GetObject', Resource: arn('/training/artifacts/*') },
      { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: KEY_ARN },
    ]);
  });

  test('to list reads no file', () => {
    expect(granted('list')).toEqual(listing);
  });

  test('to write stays below one prefix', () => {
    expect(granted('write', false)).toEqual([
      ...listing,
      {
        Effect: 'Allow',
        Action: [
          's3:GetObject',
          's3:PutObject',
          's3:DeleteObject',
          's3:AbortMultipartUpload',
          's3:ListMultipartUploadParts',
        ],
        Resource: arn('/training/artifacts/*'),
      },
    ]);
  });

  test('is the same for an edge of the access plan as for a grant, and has no finding', () => {
    const stack = testStack();
    const made = new ArtifactStore(stack, 'Store');
    const policy = new iam.ManagedPolicy(stack, 'Policy');
    made.grants.write(PREFIXES.checkpoints, policy);
    const workload = new Workload(stack, 'Training', {
      assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
      access: [{ workload: 'training', kind: 'prefix', verb: 'write', name: PREFIXES.checkpoints, why: 'resume' }],
      grantors: made.grantors,
    });
    expect(stack.resolve(workload.policy.document)).toEqual(stack.resolve(policy.document));
    expect(nagFindings(workload)).toEqual([]);
  });

  test('knows where a prefix is', () => {
    const stack = testStack();
    const { uri } = ArtifactStore.fromName(stack, 'Store', { bucketName: 'artifacts' });
    expect(uri('queries')).toBe('s3://artifacts/queries/');
  });
});
