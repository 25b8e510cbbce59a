import { Match } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { Workload } from '../../../lib/aws/access/workload';
import { Locks } from '../../../lib/aws/locks/locks';
import { lockStates, unlockStates } from '../../../lib/aws/machine/lock-states';
import { ALLOW_DATA_LOSS } from '../../../lib/aws/removal';
import { nagFindings } from '../../support/nag';
import { synthTemplate, testStack } from '../../support/synth';

const KEY_ARN = 'arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';

test('the table of locks measures refused and throttled requests', () => {
  const stack = testStack();
  const locks = new Locks(stack, 'Locks');
  const TableName = { name: 'TableName', value: stack.resolve(locks.tableName) };
  const { metricStat } = locks.metricConditionalCheckFailedRequests().toMetricConfig();
  expect(metricStat).toMatchObject({ namespace: 'AWS/DynamoDB', metricName: 'ConditionalCheckFailedRequests' });
  expect(stack.resolve(metricStat?.dimensions)).toEqual([TableName]);

  const { usingMetrics = {} } = locks.metricThrottledRequests().toMetricConfig().mathExpression ?? {};
  const parts = Object.values(usingMetrics).map((metric) => metric.toMetricConfig().metricStat);
  for (const part of parts) expect(part).toMatchObject({ namespace: 'AWS/DynamoDB', metricName: 'ThrottledRequests' });
  expect(stack.resolve(parts.map((part) => part?.dimensions))).toEqual([
    [{ name: 'Operation', value: 'PutItem' }, TableName],
    [{ name: 'Operation', value: 'DeleteItem' }, TableName],
  ]);
});

describe('the table of locks', () => {
  test('is encrypted, recoverable, protected, retained, and forgets by itself', () => {
    const template = synthTemplate((stack) => new Locks(stack, 'Locks'));
    template.hasResource('AWS::DynamoDB::Table', {
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'lock', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        DeletionProtectionEnabled: true,
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    expect(Object.keys(template.findResources('AWS::DynamoDB::Table'))).toEqual(['LocksTable84FB9352']);
  });

  test('has a name and a key where they are given, and makes a key where none is', () => {
    const named = synthTemplate(
      (stack) =>
        new Locks(stack, 'Locks', {
          tableName: 'fraud-prod-locks',
          encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN),
        }),
    );
    named.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: 'fraud-prod-locks',
      SSESpecification: { KMSMasterKeyId: KEY_ARN },
    });
    named.resourceCountIs('AWS::KMS::Key', 0);
    const alone = synthTemplate((stack) => new Locks(stack, 'Locks'));
    alone.resourceCountIs('AWS::KMS::Key', 1);
    expect(alone.findResources('AWS::DynamoDB::Table').LocksTable84FB9352?.Properties).not.toHaveProperty('TableName');
  });

  test('goes only when both keys are turned', () => {
    const destroy = (context: Record<string, unknown>) =>
      synthTemplate((stack) => new Locks(stack, 'Locks', { destroyData: true }), { context });
    expect(() => destroy({})).toThrow(ALLOW_DATA_LOSS);
    destroy({ [ALLOW_DATA_LOSS]: true }).hasResource('AWS::DynamoDB::Table', {
      Properties: { DeletionProtectionEnabled: false },
      DeletionPolicy: 'Delete',
    });
  });

  test('has no finding', () => {
    const stack = testStack();
    const locks = new Locks(stack, 'Locks');
    new Workload(stack, 'Machine', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      access: [{ workload: 'table-evolution', kind: 'lock', verb: 'hold', name: 'datasets', why: 'one at a time' }],
      grantors: locks.grantors,
    });
    expect(nagFindings(stack)).toEqual([]);
  });
});

describe('holding a lock', () => {
  const hold = {
    Effect: 'Allow',
    Action: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
    Condition: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['datasets', 'datasets/*'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
  };

  test('reaches no other lock', () => {
    const template = synthTemplate((stack) => {
      const policy = new iam.ManagedPolicy(stack, 'Policy');
      new Locks(stack, 'Locks').grantors.lock('hold', 'datasets', policy);
    });
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: [
          { ...hold, Resource: { 'Fn::GetAtt': ['LocksTable84FB9352', 'Arn'] } },
          Match.objectLike({ Resource: { 'Fn::GetAtt': ['LocksKeyD38F7C93', 'Arn'] } }),
        ],
      },
    });
  });

  test('works on a table of another stack, with its key where it is known', () => {
    const statements = (encryptionKey: boolean) => {
      const stack = testStack({ env: { region: 'eu-central-1', account: '111111111111' } });
      const locks = Locks.fromName(stack, 'Locks', {
        tableName: 'fraud-prod-locks',
        ...(encryptionKey ? { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) } : {}),
      });
      const policy = new iam.ManagedPolicy(stack, 'Policy');
      locks.grants.hold('datasets', policy);
      expect(locks.tableName).toBe('fraud-prod-locks');
      return stack.resolve(policy.document).Statement;
    };
    const [held, ...rest] = statements(false);
    expect(held).toMatchObject(hold);
    expect(JSON.stringify(held.Resource)).toContain(':table/fraud-prod-locks');
    expect(rest).toEqual([]);
    expect(statements(true)[1].Resource).toBe(KEY_ARN);
  });
});

describe('states of a lock', () => {
  const props = { table: 'locks', id: 'datasets/transactions', next: 'Work' };

  test('are named after their prefix, so that a machine may have several', () => {
    expect(Object.keys(lockStates({ ...props, prefix: 'Lock', ttlSeconds: 60, waitSeconds: 5 }))).toEqual([
      'LockAcquire',
      'LockWait',
    ]);
    expect(Object.keys(unlockStates({ ...props, prefix: 'Unlock' }))).toEqual(['UnlockRelease']);
  });

  test('call only what holding a lock allows', () => {
    const states = {
      ...lockStates({ ...props, prefix: 'Lock', ttlSeconds: 60, waitSeconds: 5 }),
      ...unlockStates({ ...props, prefix: 'Unlock' }),
    };
    const called = Object.values(states).flatMap(({ Resource }) => (Resource === undefined ? [] : [String(Resource)]));
    expect(called.map((resource) => resource.split(':').slice(-2).join(':'))).toEqual([
      'dynamodb:putItem',
      'dynamodb:deleteItem',
    ]);
  });
});
