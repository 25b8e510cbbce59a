import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { DataLake, type DataLakeProps } from '../../../lib/aws/data-lake/data-lake';
import { ALLOW_DATA_LOSS } from '../../../lib/aws/removal';
import { DEFAULT_NONCURRENT_DAYS } from '../../../lib/aws/storage/secure-bucket';
import { PlatformNames } from '../../../lib/plan/names';
import { dataLake } from '../../../lib/spec/data-lake';
import { nagFindings } from '../../support/nag';
import { type SynthOptions, synthTemplate, testStack } from '../../support/synth';

const ENV = { account: '111111111111', region: 'eu-central-1' };
const NAMES = new PlatformNames('fraud', 'prod');
const DATASET = { zone: 'curated', columns: { id: 'string', ts: 'timestamp' } };

const lake = (props: DataLakeProps, options: SynthOptions = {}) =>
  synthTemplate((stack) => new DataLake(stack, 'Lake', props), options);

const zoneBucket = (template: Template, zone: string) =>
  Object.entries(template.findResources('AWS::S3::Bucket')).find(([id]) => id.startsWith(`LakeZone${zone}Bucket`))?.[1];

const rules = (template: Template, zone: string): Record<string, unknown> =>
  Object.fromEntries(
    zoneBucket(template, zone)?.Properties.LifecycleConfiguration.Rules.map(({ Id, ...rule }: { Id: string }) => [
      Id,
      rule,
    ]),
  );

describe('a zone', () => {
  const template = lake({ zones: { raw: { retention: '365 days' }, short: { retention: '1 week' }, curated: {} } });

  test('has a bucket that is encrypted with the lake’s key, versioned, private, logged and announces changes', () => {
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
    expect(zoneBucket(template, 'raw')).toMatchObject({
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              ServerSideEncryptionByDefault: {
                SSEAlgorithm: 'aws:kms',
                KMSMasterKeyID: { 'Fn::GetAtt': [key, 'Arn'] },
              },
            },
          ],
        },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
        LoggingConfiguration: { LogFilePrefix: 'lake-raw/' },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    template.allResourcesProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  test('deletes files at the age of its retention, old versions with them, and never a table', () => {
    expect(rules(template, 'raw').files).toMatchObject({
      Prefix: 'files/',
      ExpirationInDays: 365,
      NoncurrentVersionExpiration: { NoncurrentDays: DEFAULT_NONCURRENT_DAYS },
    });
    expect(rules(template, 'short').files).toMatchObject({
      ExpirationInDays: 7,
      NoncurrentVersionExpiration: { NoncurrentDays: 7 },
    });
    for (const zone of ['raw', 'short', 'curated'])
      for (const rule of Object.values(rules(template, zone)))
        expect(rule).toSatisfy(({ Prefix, ExpirationInDays }) => ExpirationInDays === undefined || Prefix === 'files/');
    expect(Object.keys(rules(template, 'curated'))).toEqual(['leftovers']);
  });

  test('has a database for its tables, retained as well', () => {
    expect(Object.values(template.findResources('AWS::Glue::Database'))).toHaveLength(3);
    template.hasResource('AWS::Glue::Database', {
      Properties: {
        CatalogId: { Ref: 'AWS::AccountId' },
        DatabaseInput: {
          Name: Match.stringLikeRegexp('^test_lake_[0-9a-f]{8}_raw$'),
          LocationUri: { 'Fn::Join': ['', ['s3://', { Ref: Match.stringLikeRegexp('Zoneraw') }, '/tables/']] },
        },
      },
      DeletionPolicy: 'Retain',
    });
  });

  test('without datasets needs no machine, no locks and no alert channel', () => {
    const types = new Set(
      Object.values(template.toJSON().Resources).map((resource) => (resource as { Type: string }).Type),
    );
    expect([...types].sort()).toEqual([
      'AWS::Glue::Database',
      'AWS::KMS::Key',
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
    ]);
  });

  test('measures its bucket by the names of S3', () => {
    const { zones } = new DataLake(testStack(), 'Lake', { zones: { raw: {} } });
    expect(zones.raw.metricBucketSizeBytes()).toMatchObject({ namespace: 'AWS/S3', metricName: 'BucketSizeBytes' });
    expect(zones.raw.metricBucketSizeBytes().dimensions).toMatchObject({ StorageType: 'StandardStorage' });
    expect(zones.raw.metricNumberOfObjects().dimensions).toMatchObject({ StorageType: 'AllStorageTypes' });
    expect(zones.raw.metricNumberOfObjects().period.toDays()).toBe(1);
  });
});

describe('a lake', () => {
  test.each([undefined, {}])('says what it cannot do without, given %j', (props) => {
    expect(() => new DataLake(testStack(), 'Lake', props as DataLakeProps)).toThrow("Test/Lake: 'zones' is required");
  });

  test('takes zones and datasets as a spec writes them, or parsed from one', () => {
    const written = {
      zones: { raw: { retention: '2 weeks' }, curated: {} },
      datasets: { t: { ...DATASET, partitionBy: ['bucket(4, id)', 'day(ts)'], snapshots: { maxAge: '9 days' } } },
    };
    expect(lake(dataLake.parse(written)).toJSON()).toEqual(lake(written).toJSON());
  });

  test('has the names of its plan, which no other bucket of the platform can have', () => {
    const template = lake({ zones: { artifacts: {} }, names: NAMES }, { env: ENV });
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'fraud-prod-lake-artifacts-111111111111-eu-central-1',
    });
    template.hasResourceProperties('AWS::Glue::Database', { DatabaseInput: { Name: 'fraud_prod_artifacts' } });
  });

  test('leaves the ids of all it has when something is added', () => {
    const before = lake({ zones: { curated: {} }, datasets: { a: DATASET } }).toJSON();
    const after = lake({
      zones: { added: {}, curated: {}, more: {} },
      datasets: { added: DATASET, a: DATASET, z: DATASET },
    }).toJSON();
    const kept = Object.entries(before.Resources).map(([id, resource]) => [id, (resource as { Type: string }).Type]);
    const there = Object.entries(after.Resources).map(([id, resource]) => [id, (resource as { Type: string }).Type]);
    expect(there).toEqual(expect.arrayContaining(kept));
    expect(Object.keys(before.Resources)).toEqual(
      expect.arrayContaining(['LakeZonecuratedBucket51054459', 'LakeZonecuratedDatabaseE40A810A']),
    );
  });

  test('uses the key that it is given', () => {
    const stack = testStack();
    const key = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:111111111111:key/1234');
    new DataLake(stack, 'Lake', { zones: { raw: {} }, encryptionKey: key });
    Template.fromStack(stack).resourceCountIs('AWS::KMS::Key', 0);
  });

  test('is destroyed only when both keys are turned', () => {
    const props = { zones: { raw: {} }, datasets: {}, destroyData: true };
    expect(() => lake(props)).toThrow(/destroyData is true, but the app does not allow data loss/);
    const gone = lake(props, { context: { [ALLOW_DATA_LOSS]: true } });
    expect(zoneBucket(gone, 'raw')?.DeletionPolicy).toBe('Delete');
    gone.hasResource('AWS::Glue::Database', { DeletionPolicy: 'Delete' });
  });

  test.each<[string, DataLakeProps, RegExp]>([
    ['no zone', { zones: {} }, /a data lake needs at least one zone/],
    ['a quantity without unit', { zones: { raw: { retention: '30' } } }, /zones\.raw\.retention/],
    ['a zone that is not there', { zones: { raw: {} }, datasets: { t: DATASET } }, /there is no zone "curated"/],
    ['no column', { zones: { curated: {} }, datasets: { t: { ...DATASET, columns: {} } } }, /at least one column/],
    [
      'a partition of nothing',
      { zones: { curated: {} }, datasets: { t: { ...DATASET, partitionBy: ['day(when)'] } } },
      /there is no column "when"/,
    ],
  ])('refuses %s, and says where and what to do', (_, props, message) => {
    expect(() => lake(props)).toThrow(message);
  });

  test('has no unacknowledged finding of any policy pack, alone or with datasets', () => {
    const lakes: readonly DataLakeProps[] = [
      { zones: { raw: { retention: '1 year' } } },
      { zones: { curated: {} }, datasets: { t: DATASET } },
    ];
    for (const props of lakes) {
      const stack = testStack();
      new DataLake(stack, 'Lake', props);
      expect(nagFindings(stack)).toEqual([]);
    }
  });

  test('is found again by the names of its plan', () => {
    const stack = new Stack(undefined, 'Other', { env: ENV });
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    const imported = DataLake.fromNames(stack, 'Lake', {
      names: NAMES,
      zones: ['curated'],
      datasets: { t: { zone: 'curated' } },
    });
    expect(imported.zones.curated.bucket.bucketName).toBe('fraud-prod-lake-curated-111111111111-eu-central-1');
    expect(imported.datasets.t?.location).toBe('s3://fraud-prod-lake-curated-111111111111-eu-central-1/tables/t/');
    imported.grants.read('t', role);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:GetObject',
            Resource: {
              'Fn::Join': [
                '',
                [
                  'arn:',
                  { Ref: 'AWS::Partition' },
                  ':s3:::fraud-prod-lake-curated-111111111111-eu-central-1/tables/t/*',
                ],
              ],
            },
          }),
        ]),
      },
    });
    expect(JSON.stringify(template.toJSON())).not.toMatch(/kms:/);
    template.resourceCountIs('AWS::S3::Bucket', 0);
  });
});
