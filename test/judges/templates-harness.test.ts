import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { lintLines, lintTemplates } from '../support/cfn-lint';
import { diffTemplates } from '../support/create-only';
import { describeJudge } from '../support/describe-judge';
import { fixedNames } from '../support/fixed-names';
import { Moto, madeSummary } from '../support/moto';
import type { CfnTemplate, Resource } from '../support/resource-schemas';
import { statefulResources } from '../support/stateful-resources';
import { bucket, key, logicalIds, of, parameter, policy, role, sub } from '../support/toy-resources';

const region = 'eu-central-1';
const account = '222222222222';

interface ToyOptions {
  readonly description?: string;
  readonly action?: string;
  readonly tag?: string;
  readonly extra?: Readonly<Record<string, Resource>>;
}

/** Six types that moto makes and one that it does not, tied together by Ref, Fn::GetAtt, Fn::Sub and an SSM parameter. */
function toy({ description = 'first', action = 's3:GetObject', tag = 'a', extra = {} }: ToyOptions = {}) {
  return {
    Parameters: { Notice: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/toy/notice' } },
    Resources: {
      Key: key({ Description: description, EnableKeyRotation: true }),
      Bucket: bucket({ Properties: { Tags: [{ Key: 'owner', Value: tag }] } }),
      Role: role(),
      Policy: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          Roles: [{ Ref: 'Role' }],
          PolicyDocument: policy({ Effect: 'Allow', Action: action, Resource: sub(`${of('Bucket.Arn')}/*`) }),
        },
      },
      Setting: parameter({ Ref: 'Notice' }),
      Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 30 } },
      Database: {
        Type: 'AWS::Glue::Database',
        Properties: {
          CatalogId: { Ref: 'AWS::AccountId' },
          DatabaseInput: { LocationUri: sub(`s3://${of('Bucket')}/tables`) },
        },
      },
      ...extra,
    },
    Outputs: { DatabaseId: { Value: { Ref: 'Database' } } },
  } satisfies CfnTemplate & Record<string, unknown>;
}

describeJudge('templates', 'cfn-lint', () => {
  const bucket = (Properties: object) => ({ Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties } } });

  test('finds faults of every level, each in its template, and none in a good one', async () => {
    const unused = { ...bucket({}), Parameters: { Unused: { Type: 'String' } } };
    const findings = await lintTemplates(
      [
        { name: 'good', template: bucket({}) },
        { name: 'wrong', template: bucket({ BucketNam: 'x', VersioningConfiguration: { Status: 'On' } }) },
        { name: 'unused', template: unused },
        { name: 'joined', template: bucket({ BucketName: { 'Fn::Join': ['', ['a-', { Ref: 'AWS::Region' }]] } }) },
      ],
      { region },
    );
    expect(findings.map(({ template, rule, level, path }) => [template, rule, level, path])).toEqual([
      ['wrong', 'E3002', 'error', 'Resources/Bucket/Properties/BucketNam'],
      ['wrong', 'E3030', 'error', 'Resources/Bucket/Properties/VersioningConfiguration/Status'],
      ['unused', 'W2001', 'warning', 'Parameters/Unused'],
      ['joined', 'I1022', 'informational', 'Resources/Bucket/Properties/BucketName/Fn::Join/0'],
    ]);
    expect(lintLines(findings)[2]).toBe('unused W2001 Parameters/Unused: Parameter Unused not used.');
  });

  test('reports what a template asks to ignore', async () => {
    const ignored = { 'cfn-lint': { config: { ignore_checks: ['E3002', 'W2001'] } } };
    const Bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketNam: 'x' }, Metadata: ignored };
    const template = { Metadata: ignored, Parameters: { Unused: { Type: 'String' } }, Resources: { Bucket } };
    const findings = await lintTemplates([{ name: 'ignoring', template }], { region });
    expect(findings.map(({ rule }) => rule).sort()).toEqual(['E3002', 'W2001']);
  });

  test('knows which types a region has', async () => {
    const template = { Resources: { Group: { Type: 'AWS::SageMaker::NoSuchThing' } } };
    expect((await lintTemplates([{ name: 'x', template }], { region })).map(({ rule }) => rule)).toEqual(['E3006']);
  });
});

describeJudge('templates', 'moto', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await Moto.start({ region, account });
  });
  beforeEach(() => moto.reset());
  afterAll(() => moto.stop());

  test('creates, updates, deletes and creates again a stack, and says what of it is real', async () => {
    await moto.call('ssm', 'put_parameter', { Name: '/toy/notice', Value: 'from the store', Type: 'String' });

    const created = await moto.createStack({ stack: 'toy', template: toy() });
    expect(madeSummary(created)).toBe('toy: moto made 6 of 7 resources; moto does not know AWS::Glue::Database');
    expect(created.status).toBe('CREATE_COMPLETE');
    expect(created.created).toHaveLength(6);
    expect(created.guessedAttributes).toEqual([]);
    expect(created.outputs).toEqual({ DatabaseId: 'toy-Database' });
    const physical = Object.fromEntries(created.resources.map(({ logicalId, physicalId }) => [logicalId, physicalId]));
    expect(await moto.call('s3', 'list_buckets')).toMatchObject({ Buckets: [{ Name: physical.Bucket }] });
    const setting = await moto.call('ssm', 'get_parameter', { Name: physical.Setting });
    expect(setting).toMatchObject({ Parameter: { Value: 'from the store' } });
    const attached = await moto.call('iam', 'list_attached_role_policies', { RoleName: physical.Role });
    expect(attached).toMatchObject({ AttachedPolicies: [{ PolicyArn: physical.Policy }] });

    const template = toy({ description: 'second', action: 's3:PutObject', tag: 'b' });
    const updated = await moto.updateStack({ stack: 'toy', template });
    expect(logicalIds(updated.updated).sort()).toEqual(['Bucket', 'Key', 'Policy']);
    expect(updated.stale).toEqual([]);
    expect(updated.resources.map(({ physicalId }) => physicalId)).toEqual(Object.values(physical));
    const key = await moto.call('kms', 'describe_key', { KeyId: physical.Key });
    expect(key).toMatchObject({ KeyMetadata: { Description: 'second' } });
    const tags = await moto.call('s3', 'get_bucket_tagging', { Bucket: physical.Bucket });
    expect(tags).toEqual({ TagSet: [{ Key: 'owner', Value: 'b' }] });

    const deleted = await moto.deleteStack('toy');
    expect(deleted.deleted).toHaveLength(6);
    expect(deleted.left).toEqual([]);
    expect(await moto.call('s3', 'list_buckets')).toMatchObject({ Buckets: [] });
    expect(await moto.call('iam', 'list_roles')).toMatchObject({ Roles: [] });
    expect(await moto.call('iam', 'list_policies', { Scope: 'Local' })).toMatchObject({ Policies: [] });
    expect(await moto.call('kms', 'list_keys')).toMatchObject({ Keys: [] });
    expect(await moto.call('logs', 'describe_log_groups')).toMatchObject({ logGroups: [] });

    const again = await moto.createStack({ stack: 'toy', template: toy() });
    expect(again.created).toHaveLength(6);
  });

  test('fails where a stack cannot be made, and takes back what it made', async () => {
    const missing = moto.createStack({ stack: 'toy', template: toy() });
    await expect(missing).rejects.toThrow('Unable to fetch parameters [/toy/notice]');

    await moto.call('ssm', 'put_parameter', { Name: '/toy/notice', Value: 'x', Type: 'String' });
    const Broken = {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { PolicyDocument: policy({ Effect: 'Allow', Action: 'no colon', Resource: '*' }) },
    };
    await expect(moto.createStack({ stack: 'toy', template: toy({ extra: { Broken } }) })).rejects.toMatchObject({
      code: 'ROLLBACK_COMPLETE',
      message: expect.stringContaining(
        'Broken (AWS::IAM::ManagedPolicy): Actions/Conditions must be prefaced by a vendor',
      ),
    });
    expect(await moto.call('s3', 'list_buckets')).toMatchObject({ Buckets: [] });
    expect(await moto.call('iam', 'list_roles')).toMatchObject({ Roles: [] });
  });

  test('takes templates far beyond what fits into a request, in any account and region', async () => {
    const Metadata = { note: 'x'.repeat(900_000) };
    const Resources = { Role: { ...role(), Metadata } };
    const Outputs = { Arn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } }, Region: { Value: { Ref: 'AWS::Region' } } };
    const { outputs } = await moto.createStack({ stack: 'large', template: { Resources, Outputs } });
    expect(outputs.Arn).toContain(`arn:aws:iam::${account}:role/large-Role-`);
    expect(outputs.Region).toBe(region);
    await expect(moto.call('s3', 'list_buckets')).resolves.toMatchObject({ Buckets: [] });
    await expect(moto.call('s3', 'list_buckets', { Buckets: 1 })).rejects.toMatchObject({
      code: 'ParamValidationError',
    });
    await moto.reset();
    await expect(moto.describeStack('large')).rejects.toMatchObject({ code: 'ValidationError' });
  });
});

describeJudge('templates', 'create-only differ', () => {
  const diff = (before: CfnTemplate, after: CfnTemplate) =>
    diffTemplates(before, after, { region }).map(({ logicalId, change, because }) => [logicalId, change, ...because]);
  const one = (Type: string, Properties: Record<string, unknown> = {}): CfnTemplate => ({
    Resources: { It: { Type, Properties } },
  });

  test('tells additions, removals, updates and replacements apart', () => {
    const repository = (KmsKey: string) =>
      one('AWS::ECR::Repository', { EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey } });
    const bucket = (properties: Record<string, unknown>) => one('AWS::S3::Bucket', properties);
    expect(diff(bucket({}), bucket({}))).toEqual([]);
    expect(diff(bucket({}), { Resources: {} })).toEqual([['It', 'remove']]);
    expect(diff({ Resources: {} }, bucket({}))).toEqual([['It', 'add']]);
    expect(diff(bucket({}), bucket({ Tags: [{ Key: 'a', Value: 'b' }] }))).toEqual([['It', 'update', 'Tags']]);
    expect(diff(bucket({ BucketName: 'a' }), bucket({ BucketName: 'b' }))).toEqual([['It', 'replace', 'BucketName']]);
    expect(diff(repository('a'), repository('b'))).toEqual([
      ['It', 'replace', 'EncryptionConfiguration', 'EncryptionConfiguration/KmsKey'],
    ]);
    expect(diff(one('AWS::SQS::Queue'), one('AWS::SNS::Topic'))).toEqual([['It', 'replace', 'Type']]);
    expect(() => diff(one('AWS::No::Such'), one('AWS::No::Such'))).toThrow('No resource schema of AWS::No::Such');
  });

  test('follows a replacement to what depends on it', () => {
    const template = (CidrBlock: string): CfnTemplate => ({
      Resources: {
        Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock } },
        Table: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: { Ref: 'Vpc' } } },
        Logs: parameter(sub(`x-${of('Table')}`)),
      },
    });
    expect(diff(template('10.0.0.0/16'), template('10.1.0.0/16'))).toEqual([
      ['Vpc', 'replace', 'CidrBlock'],
      ['Table', 'replace', 'VpcId'],
      ['Logs', 'update', 'Value'],
    ]);
  });

  test('takes for equal what CloudFormation would', () => {
    const withParameter = (name: string, Default: string): CfnTemplate => ({
      Parameters: { [name]: { Type: 'AWS::SSM::Parameter::Value<String>', Default } },
      Resources: { It: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: name } } } },
    });
    expect(diff(withParameter('A', '/x'), withParameter('B', '/x'))).toEqual([]);
    expect(diff(withParameter('A', '/x'), withParameter('A', '/y'))).toEqual([['It', 'replace', 'BucketName']]);
    const named = (BucketName: unknown) => one('AWS::S3::Bucket', { BucketName });
    expect(
      diff(named({ 'Fn::Join': ['-', ['a', 'b', { Ref: 'R' }]] }), named({ 'Fn::Join': ['-', ['a-b', { Ref: 'R' }]] })),
    ).toEqual([]);
    expect(diff(named({ Ref: 'AWS::NoValue' }), one('AWS::S3::Bucket'))).toEqual([]);
    const tags = (...keys: string[]) => one('AWS::EC2::VPC', { Tags: keys.map((Key) => ({ Key, Value: 'x' })) });
    expect(diff(tags('a', 'b'), tags('b', 'a'))).toEqual([]);
  });

  test('knows conditional replacement, types without an update, and names in the way', () => {
    const compute = (name: Record<string, unknown>, InstanceTypes: string[]) =>
      one('AWS::Batch::ComputeEnvironment', { ...name, Type: 'MANAGED', ComputeResources: { InstanceTypes } });
    const [change] = diffTemplates(compute({}, ['g5.xlarge']), compute({}, ['g6.xlarge']), { region });
    expect(change).toMatchObject({ change: 'replace', conditional: true, clash: [] });
    const name = { ComputeEnvironmentName: 'fixed' };
    const [named] = diffTemplates(compute(name, ['g5.xlarge']), compute(name, ['g6.xlarge']), { region });
    expect(named).toMatchObject({ because: ['ComputeResources/InstanceTypes'], clash: ['ComputeEnvironmentName'] });
    const groups = (Strategy: string) => one('AWS::EC2::PlacementGroup', { Strategy });
    expect(diff(groups('cluster'), groups('spread'))).toEqual([['It', 'replace', 'Strategy']]);
  });

  test('lists fixed names with what must then never change', () => {
    const Name = { 'Fn::Join': ['-', ['x', { Ref: 'AWS::AccountId' }]] };
    const Resources = {
      Group: { Type: 'AWS::SageMaker::ModelPackageGroup', Properties: { ModelPackageGroupName: 'fraud' } },
      Table: { Type: 'AWS::Glue::Table', Properties: { DatabaseName: { Ref: 'Db' }, TableInput: { Name: 't' } } },
      Db: { Type: 'AWS::Glue::Database', Properties: { DatabaseName: Name } },
      Budget: { Type: 'AWS::Budgets::Budget', Properties: { Budget: { BudgetName: 'b' } } },
      Group2: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupName: 'g' } },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'AWS::NoValue' } } },
      Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' } } },
      Bucket: { Type: 'AWS::S3::Bucket' },
    };
    const found = fixedNames({ Resources }, { region });
    expect(found.map(({ logicalId, name, createOnly }) => [logicalId, name, createOnly])).toEqual([
      ['Group', { ModelPackageGroupName: 'fraud' }, ['ModelPackageGroupDescription']],
      ['Table', { 'TableInput/Name': 't' }, ['DatabaseName', 'CatalogId', 'Name']],
      ['Db', { DatabaseName: Name }, []],
      ['Budget', { 'Budget/BudgetName': 'b' }, ['NotificationsWithSubscribers']],
      ['Group2', { GroupName: 'g' }, ['GroupDescription', 'VpcId']],
    ]);
  });

  test('lists what holds state, and whether it is kept', () => {
    const kept = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
    const Resources = {
      Bucket: { Type: 'AWS::S3::Bucket', ...kept },
      Key: { Type: 'AWS::KMS::Key', DeletionPolicy: 'Retain' },
      Images: { Type: 'AWS::ECR::Repository' },
      Role: { Type: 'AWS::IAM::Role' },
      Topic: { Type: 'AWS::SNS::Topic', ...kept },
    };
    const found = statefulResources({ Resources });
    expect(found.map(({ logicalId, why, retained }) => [logicalId, why, retained])).toEqual([
      ['Bucket', 'cfn-lint lists its type as stateful', true],
      ['Key', 'cfn-lint lists its type as stateful', false],
      ['Images', 'the images of past runs', false],
      ['Topic', 'the template keeps it', true],
    ]);
  });
});
