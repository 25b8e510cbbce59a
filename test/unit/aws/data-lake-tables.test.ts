import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { Alerts } from '../../../lib/aws/alerts/alerts';
import { ArtifactStore } from '../../../lib/aws/artifact-store/artifact-store';
import { DataLake, type DataLakeProps } from '../../../lib/aws/data-lake/data-lake';
import { Locks } from '../../../lib/aws/locks/locks';
import { PlatformNames } from '../../../lib/plan/names';
import { MAX_DESIRED_TABLE_BYTES } from '../../../lib/plan/table-columns';
import { aslFromTemplate, machinesOf } from '../../support/asl-from-template';
import { testStack } from '../../support/synth';

const ENV = { account: '111111111111', region: 'eu-central-1' };
const NAMES = new PlatformNames('fraud', 'prod');
const TRANSACTIONS = {
  zone: 'curated',
  description: 'One payment by card.',
  columns: { card_id: 'string', amount: 'decimal(10, 2)', ts: 'timestamp' },
  partitionBy: ['day(ts)'],
};

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: readonly string[];
}

function synth(props: Partial<DataLakeProps> = {}) {
  const stack = testStack({ env: ENV });
  const lake = new DataLake(stack, 'Lake', {
    names: NAMES,
    zones: { raw: {}, curated: {} },
    datasets: { transactions: TRANSACTIONS },
    ...props,
  });
  const template = Template.fromStack(stack);
  const resources = template.toJSON().Resources as Record<string, Resource>;
  const idOf = (part: string) => Object.keys(resources).find((id) => id.startsWith(part)) ?? '';
  return { stack, lake, template, resources, idOf };
}

const parameterOf = ({ resources, idOf }: ReturnType<typeof synth>, name = 'transactions') =>
  resources[idOf(`LakeTablesDesired${name.replaceAll('_', '')}`)];

describe('the desired table of a dataset', () => {
  const made = synth();

  test('is a parameter below one path, with the tier that its size needs', () => {
    const bucket = made.idOf('LakeZonecuratedBucket');
    expect(parameterOf(made)?.Properties).toEqual({
      Name: '/mlops/fraud-prod/datasets/transactions',
      Type: 'String',
      Tier: 'Intelligent-Tiering',
      Description: 'One payment by card.',
      Value: {
        'Fn::Join': [
          '',
          [
            '{"version":1,"database":"fraud_prod_curated","table":"transactions","location":"s3://',
            { Ref: bucket },
            '/tables/transactions/","columns":["card_id string","amount decimal(10,2)","ts timestamp"],"partitionBy":["day(ts)"],"snapshots":{"keep":5,"days":5}}',
          ],
        ],
      },
    });
  });

  test('is written only when all that it sets in motion is there', () => {
    const waitsFor = parameterOf(made)?.DependsOn ?? [];
    for (const part of [
      'LakeTablesDesiredChanged',
      'LakeTablesTriggerRole',
      'LakeTablesTriggerPolicy',
      'LakeTablesMachineStateMachine',
      'LakeTablesMachineWorkloadPolicy',
      'LakeTablesOptimizerRole',
      'LakeTablesOptimizerPolicy',
      'LakeTablesWorkgroup',
      'LakeZonecuratedDatabase',
    ])
      expect(waitsFor, part).toContain(made.idOf(part));
  });

  test('is the only thing that goes with its dataset', () => {
    const two = synth({ datasets: { transactions: TRANSACTIONS, refunds: TRANSACTIONS } });
    const gone = Object.keys(two.resources).filter((id) => !(id in made.resources));
    expect(gone).toEqual([two.idOf('LakeTablesDesiredrefunds')]);
  });

  test('may have as many columns as a parameter holds, and not one more', () => {
    const columns = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`column_${String(i).padStart(4, '0')}`, 'string']));
    const size = (count: number) => JSON.stringify(Object.entries(columns(count)).map(([n, t]) => `${n} ${t}`)).length;
    const fits = [...Array(1000).keys()].findLast((count) => size(count) < MAX_DESIRED_TABLE_BYTES - 300) ?? 0;
    expect(fits).toBeGreaterThan(300);
    expect(() =>
      synth({ datasets: { transactions: { ...TRANSACTIONS, partitionBy: [], columns: columns(fits) } } }),
    ).not.toThrow();
    expect(() =>
      synth({ datasets: { transactions: { ...TRANSACTIONS, partitionBy: [], columns: columns(fits + 15) } } }),
    ).toThrow(/'transactions' with \d+ columns takes \d+ bytes.*holds 8192.*divide the dataset/);
  });
});

describe('what brings tables to their columns', () => {
  const made = synth();
  const machine = made.idOf('LakeTablesMachineStateMachine');

  test('starts when a desired table is created or changed, and not when it is deleted', () => {
    made.template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.ssm'],
        'detail-type': ['Parameter Store Change'],
        detail: { name: [{ prefix: '/mlops/fraud-prod/datasets/' }], operation: ['Create', 'Update'] },
      },
      Targets: [
        Match.objectLike({
          Arn: { Ref: machine },
          RoleArn: { 'Fn::GetAtt': [made.idOf('LakeTablesTriggerRole'), 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [made.idOf('LakeTablesUndeliveredQueue'), 'Arn'] } },
        }),
      ],
    });
  });

  test('has ends that it cannot announce itself announced', () => {
    made.template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        detail: { stateMachineArn: [{ Ref: machine }], status: ['TIMED_OUT', 'ABORTED', 'FAILED'] },
      },
      Targets: [
        Match.objectLike({
          Arn: { Ref: made.idOf('LakeAlertsTopic') },
          InputTransformer: { InputTemplate: Match.stringLikeRegexp('"eventType":"table-failed"') },
        }),
      ],
    });
  });

  test('asks Athena in a workgroup whose settings hold whatever a query says', () => {
    made.template.hasResourceProperties('AWS::Athena::WorkGroup', {
      Name: 'fraud-prod-tables',
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        ResultConfiguration: {
          EncryptionConfiguration: {
            EncryptionOption: 'SSE_KMS',
            KmsKey: { 'Fn::GetAtt': [made.idOf('LakeQueryResultsKey'), 'Arn'] },
          },
          OutputLocation: { 'Fn::Join': ['', ['s3://', { Ref: made.idOf('LakeQueryResultsBucket') }, '/queries/']] },
        },
      },
    });
  });

  test('may pass one role to Glue and nothing to anybody else', () => {
    const statements = Object.values(made.resources)
      .filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy')
      .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: { Action: unknown }[] }).Statement)
      .filter(({ Action }) => JSON.stringify(Action).includes('PassRole'));
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: { 'Fn::GetAtt': [made.idOf('LakeTablesOptimizerRole'), 'Arn'] },
        Condition: { StringEquals: { 'iam:PassedToService': 'glue.amazonaws.com' } },
      },
    ]);
  });

  test('needs no Lambda function, no custom resource and no inline policy', () => {
    const types = new Set(Object.values(made.resources).map(({ Type }) => Type));
    for (const type of types) expect(type).not.toMatch(/Lambda|Custom|IAM::Policy/);
    for (const { Type, Properties } of Object.values(made.resources))
      if (Type === 'AWS::IAM::Role') expect(Properties).not.toHaveProperty('Policies');
  });

  test('gives its machine what the rest of the stack numbers', () => {
    const [id = ''] = machinesOf(made.template.toJSON());
    const text = JSON.stringify(
      aslFromTemplate(made.template.toJSON(), id, {
        ref: (name) => `ref-${name}`,
        attribute: (name) => `arn-of-${name}`,
      }),
    );
    for (const value of [
      `"TableName":"ref-${made.idOf('LakeLocksTable')}"`,
      `"TopicArn":"ref-${made.idOf('LakeAlertsTopic')}"`,
      `"RoleArn":"arn-of-${made.idOf('LakeTablesOptimizerRole')}"`,
      '"WorkGroup":"fraud-prod-tables"',
      '"CatalogId":"111111111111"',
      "'/mlops/fraud-prod/datasets/' & $dataset",
    ])
      expect(text).toContain(value);
  });

  test('uses keys, alerts, locks and results of others where it is given them', () => {
    const stack = testStack({ env: ENV });
    const key = (id: string) => kms.Key.fromKeyArn(stack, id, `arn:aws:kms:eu-central-1:111111111111:key/${id}`);
    const [data, operations, artifacts] = [key('data'), key('operations'), key('artifacts')];
    new DataLake(stack, 'Lake', {
      names: NAMES,
      zones: { curated: {} },
      datasets: { transactions: TRANSACTIONS },
      encryptionKey: data,
      operationsKey: operations,
      queryResults: {
        store: ArtifactStore.fromName(stack, 'Store', { bucketName: 'store' }),
        encryptionKey: artifacts,
      },
      alerts: Alerts.fromTopicArn(stack, 'Alerts', {
        topicArn: 'arn:aws:sns:eu-central-1:111111111111:alerts',
        encryptionKey: operations,
      }),
      locks: Locks.fromName(stack, 'Locks', { tableName: 'locks' }),
    });
    const template = Template.fromStack(stack);
    for (const type of ['AWS::KMS::Key', 'AWS::SNS::Topic', 'AWS::DynamoDB::Table']) template.resourceCountIs(type, 0);
    const policy = JSON.stringify(template.findResources('AWS::IAM::ManagedPolicy'));
    for (const name of ['data', 'operations', 'artifacts']) expect(policy).toContain(`:key/${name}`);
    expect(policy).toContain('table/locks');
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      EncryptionConfiguration: { KmsKeyId: 'arn:aws:kms:eu-central-1:111111111111:key/operations' },
    });
  });
});
