import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { Moto } from '../support/moto';
import type { Resource } from '../support/resource-schemas';
import { bucket, logicalIds, of, parameter, resources, role, sub } from '../support/toy-resources';

const region = 'eu-central-1';
const stack = 'mended';

const output = (Value: unknown, Resources: Record<string, Resource> = {}) => ({
  Resources: { Anchor: { Type: 'AWS::SQS::Queue' }, ...Resources },
  Outputs: { It: { Value } },
});
const database = (DatabaseName: string, more: Partial<Resource> = {}): Resource => ({
  Type: 'AWS::Glue::Database',
  Properties: { CatalogId: { Ref: 'AWS::AccountId' }, DatabaseName, DatabaseInput: {} },
  ...more,
});

describeJudge('templates', 'what is mended in moto', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await Moto.start({ region });
  });
  beforeEach(() => moto.reset());
  afterAll(() => moto.stop());

  const value = async (what: unknown, others?: Record<string, Resource>) =>
    (await moto.createStack({ stack, template: output(what, others) })).outputs.It;
  const buckets = async () => {
    const { Buckets } = (await moto.call('s3', 'list_buckets')) as { Buckets: { Name: string }[] };
    return Buckets.map(({ Name }) => Name);
  };

  test('zones are those of the region', async () => {
    expect(await value({ 'Fn::Select': [0, { 'Fn::GetAZs': '' }] })).toBe('eu-central-1a');
  });

  test('Fn::Cidr and Fn::Length are computed', async () => {
    expect(await value({ 'Fn::Select': [1, { 'Fn::Cidr': ['10.0.0.0/16', 4, 8] }] })).toBe('10.0.1.0/24');
    await moto.deleteStack(stack);
    expect(await value({ 'Fn::Sub': [of('n'), { n: { 'Fn::Length': [1, 2, 3] } }] })).toBe('3');
  });

  test('a function that moto does not know fails the stack', async () => {
    const failing = moto.createStack({ stack, template: resources({ A: parameter({ 'Fn::Nonsense': 'x' }) }) });
    await expect(failing).rejects.toThrow('A (AWS::SSM::Parameter): moto does not know the function Fn::Nonsense');
  });

  test('AWS::NoValue leaves no hole in a list', async () => {
    expect(await value({ 'Fn::Join': [',', ['a', { Ref: 'AWS::NoValue' }, 'b']] })).toBe('a,b');
  });

  test('dynamic references are resolved, or fail the stack', async () => {
    await moto.call('ssm', 'put_parameter', { Name: '/a', Value: 'plain', Type: 'String' });
    await moto.call('secretsmanager', 'create_secret', { Name: 's', SecretString: '{"token":"t0"}' });
    expect(await value('{{resolve:ssm:/a}} {{resolve:secretsmanager:s:SecretString:token}}')).toBe('plain t0');
    const missing = moto.createStack({ stack: 'x', template: resources({ A: parameter('{{resolve:ssm:/none}}') }) });
    await expect(missing).rejects.toThrow('Unable to fetch parameters [/none]');
  });

  test('what an unknown type would answer is filled in, for Ref, Fn::GetAtt and as a secret', async () => {
    const Secret = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'hook' } };
    const Db = database('lake');
    const Alarm = { Type: 'AWS::CloudWatch::Alarm' };
    const text = {
      'Fn::Sub': [
        `${of('Db')} ${of('Alarm.Arn')} ${of('secret')}`,
        { secret: sub(`{{resolve:secretsmanager:${of('Secret')}}}`) },
      ],
    };
    const arn = 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm/mended-Alarm';
    expect(await value(text, { Secret, Db, Alarm })).toBe(`lake ${arn} value-of-Secret`);
  });

  test('an attribute that a model of moto lacks is filled in and on record', async () => {
    const Queue = { Type: 'AWS::SQS::Queue' };
    const Machine = {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { DefinitionString: '{}', RoleArn: 'arn:aws:iam::123456789012:role/x' },
    };
    const template = output(sub(`${of('Machine.Arn')} ${of('Machine.StateMachineRevisionId')}`), { Queue, Machine });
    const { outputs, guessedAttributes } = await moto.createStack({ stack, template });
    expect(outputs.It).toMatch(/^arn:aws:states:eu-central-1:123456789012:stateMachine:\S+ mended-Machine/);
    expect(guessedAttributes).toEqual(['Machine.StateMachineRevisionId']);
  });

  test('a change that comes through a Ref is an update, and an unnamed resource keeps its name', async () => {
    const before = { A: parameter('1', { Name: 'one' }), B: parameter({ Ref: 'A' }), C: parameter('3') };
    const first = await moto.createStack({ stack, template: resources(before) });
    const after = { ...before, A: parameter('1', { Name: 'two' }), C: parameter('4') };
    const second = await moto.updateStack({ stack, template: resources(after) });
    expect(logicalIds(second.updated)).toEqual(['A', 'B', 'C']);
    const [, b, c] = first.resources;
    expect(second.resources.slice(1).map(({ physicalId }) => physicalId)).toEqual([b?.physicalId, c?.physicalId]);
    expect(await moto.call('ssm', 'get_parameter', { Name: b?.physicalId })).toMatchObject({
      Parameter: { Value: 'two' },
    });
  });

  test('what moto cannot update stays in the stack, on record', async () => {
    const table = (mode: string): Resource => ({
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        BillingMode: mode,
        AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
      },
    });
    await moto.createStack({ stack, template: resources({ Table: table('PROVISIONED') }) });
    const { stale } = await moto.updateStack({ stack, template: resources({ Table: table('PAY_PER_REQUEST') }) });
    expect(logicalIds(stale)).toEqual(['Table']);
    expect(logicalIds((await moto.deleteStack(stack)).deleted)).toEqual(['Table']);
    expect(await moto.call('dynamodb', 'list_tables')).toEqual({ TableNames: [] });
  });

  test('properties that moto never looks at are named', async () => {
    const Properties = { VersioningConfiguration: { Status: 'Enabled' }, Tags: [{ Key: 'a', Value: 'b' }] };
    const { resources: rows } = await moto.createStack({
      stack,
      template: resources({ Bucket: bucket({ Properties }) }),
    });
    expect(rows).toMatchObject([{ made: true, unreadProperties: ['VersioningConfiguration'] }]);
  });

  test('a new name for an old resource clashes, since the new one is made first', async () => {
    const Properties = { BucketName: 'fixed-name' };
    await moto.createStack({ stack, template: resources({ Old: bucket({ Properties }) }) });
    const renamed = moto.updateStack({ stack, template: resources({ New: bucket({ Properties }) }) });
    await expect(renamed).rejects.toMatchObject({
      code: 'UPDATE_FAILED',
      message: expect.stringContaining('New (AWS::S3::Bucket)'),
    });
  });

  test('another type under the same logical id is refused', async () => {
    await moto.createStack({ stack, template: resources({ It: bucket() }) });
    const retyped = moto.updateStack({ stack, template: resources({ It: { Type: 'AWS::SQS::Queue' } }) });
    await expect(retyped).rejects.toThrow('Update of resource type is not permitted');
  });

  test('a bucket with something in it cannot be deleted, and the stack can be tried again', async () => {
    const {
      resources: [made],
    } = await moto.createStack({ stack, template: resources({ Bucket: bucket() }) });
    await moto.call('s3', 'put_object', { Bucket: made?.physicalId, Key: 'k', Body: 'v' });
    await expect(moto.deleteStack(stack)).rejects.toMatchObject({
      code: 'DELETE_FAILED',
      message: expect.stringContaining('not empty'),
    });
    await moto.call('s3', 'delete_object', { Bucket: made?.physicalId, Key: 'k' });
    expect((await moto.deleteStack(stack)).status).toBe('DELETE_COMPLETE');
    expect(await buckets()).toEqual([]);
  });

  test('retained resources stay when they leave the template and when the stack goes', async () => {
    const kept = (DeletionPolicy: string) => bucket({ DeletionPolicy });
    const first = { A: kept('Retain'), B: kept('RetainExceptOnCreate'), C: bucket(), D: kept('Retain') };
    await moto.createStack({ stack, template: resources(first) });
    const updated = await moto.updateStack({ stack, template: resources({ B: first.B, C: first.C }) });
    expect(logicalIds(updated.retained).sort()).toEqual(['A', 'D']);
    const deleted = await moto.deleteStack(stack);
    expect([logicalIds(deleted.retained), logicalIds(deleted.deleted)]).toEqual([['B'], ['C']]);
    expect(await buckets()).toHaveLength(3);
  });

  test('a failed creation lets go of RetainExceptOnCreate, not of Retain', async () => {
    const named = (BucketName: string, DeletionPolicy: string) =>
      bucket({ Properties: { BucketName }, DeletionPolicy });
    const template = resources({
      A: named('stays', 'Retain'),
      B: named('goes', 'RetainExceptOnCreate'),
      C: parameter({ 'Fn::Nonsense': '' }),
    });
    await expect(moto.createStack({ stack, template })).rejects.toMatchObject({ code: 'ROLLBACK_COMPLETE' });
    expect(await buckets()).toEqual(['stays']);
  });

  test.each([
    ['moto makes', 'AWS::S3::Bucket', { BucketName: 'my-name' }],
    ['moto does not know', 'AWS::Glue::Database', { CatalogId: '123456789012', DatabaseName: 'x', DatabaseInput: {} }],
  ])('a retained name of a type that %s blocks the next stack until it is adopted', async (_, Type, Properties) => {
    const template = resources({ It: { Type, Properties, DeletionPolicy: 'Retain' } });
    await moto.createStack({ stack, template });
    await moto.deleteStack(stack);
    await expect(moto.createStack({ stack: 'again', template })).rejects.toThrow(
      /already exists|name is not available/,
    );
    await moto.deleteStack('again');
    const adopted = await moto.createStack({ stack: 'again', template, importExisting: true });
    expect([logicalIds(adopted.imported), logicalIds(adopted.created)]).toEqual([['It'], []]);
  });

  test('outputs of unknown types, conditions and a long name do no harm', async () => {
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    const Absent = { ...bucket(), Condition: 'Never' };
    const long = `long-${'x'.repeat(60)}`;
    const template = { ...output({ Ref: 'Db' }, { Db: database('d'), Absent, Role: role() }), Conditions };
    const { resources: rows } = await moto.createStack({ stack: long, template });
    expect(rows.map(({ logicalId }) => logicalId).sort()).toEqual(['Anchor', 'Db', 'Role']);
    expect(rows.find(({ logicalId }) => logicalId === 'Role')?.physicalId).toHaveLength(63);
    expect(await moto.call('cloudformation', 'describe_stack_resources', { StackName: long })).toMatchObject({
      StackResources: [{ LogicalResourceId: 'Anchor' }, { LogicalResourceId: 'Role' }],
    });
  });
});
