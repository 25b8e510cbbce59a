import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { describe, expect, test } from 'vitest';
import { customerKey, type KeyService } from '../../../lib/aws/keys/customer-key';
import { Keys } from '../../../lib/aws/keys/keys';
import { KEYS } from '../../../lib/plan/access';
import { nagFindings } from '../../support/nag';
import { synthTemplate, testStack } from '../../support/synth';

interface Statement {
  readonly Sid?: string;
  readonly Principal: { readonly Service?: unknown; readonly AWS?: unknown };
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const statementsFor = (...services: readonly KeyService[]): readonly Statement[] => {
  const template = synthTemplate((stack) => customerKey(stack, 'Key', { description: 'd', services }));
  const [key] = Object.values(template.findResources('AWS::KMS::Key'));
  // The first one lets IAM of the account decide.
  return key?.Properties.KeyPolicy.Statement.slice(1);
};

const ACCOUNT = { Ref: 'AWS::AccountId' };
const logs = (rest: string) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:', { Ref: 'AWS::Region' }, ':', ACCOUNT, `:${rest}`]],
});

describe('a customer key', () => {
  test('is rotated, retained and named by nobody unless it has an alias', () => {
    const template = synthTemplate((stack) => customerKey(stack, 'Key', { description: 'What for' }));
    template.hasResource('AWS::KMS::Key', {
      Properties: { Description: 'What for', EnableKeyRotation: true },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    template.resourceCountIs('AWS::KMS::Alias', 0);
  });

  test('lets no service in that was not named', () => {
    expect(statementsFor()).toEqual([]);
  });

  test('lets log groups of this account and region in', () => {
    expect(statementsFor('logs')).toEqual([
      {
        Sid: 'LogGroups',
        Effect: 'Allow',
        Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] } },
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        Resource: '*',
        Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logs('log-group:*') } },
      },
    ]);
  });

  test('lets log delivery read what it carries to logs of this account', () => {
    expect(statementsFor('log-delivery')).toEqual([
      {
        Sid: 'LogDelivery',
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: { StringLike: { 'kms:EncryptionContext:SourceArn': logs('*') } },
      },
    ]);
  });

  const sends = (principal: string) => ({
    Sid: expect.any(String),
    Effect: 'Allow',
    Principal: { Service: principal },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    Resource: '*',
  });

  test.each([
    ['alarms', 'cloudwatch.amazonaws.com'],
    ['budgets', 'budgets.amazonaws.com'],
    ['s3', 's3.amazonaws.com'],
    ['sns', 'sns.amazonaws.com'],
  ] as const)('lets %s send for this account only', (service, principal) => {
    const Condition = { StringEquals: { 'aws:SourceAccount': ACCOUNT } };
    expect(statementsFor(service)).toEqual([{ ...sends(principal), Condition }]);
  });

  test('lets events send, which does not say for whom', () => {
    expect(statementsFor('events')).toEqual([sends('events.amazonaws.com')]);
  });

  test('lets starters of machines encrypt disks, by roles that need not exist yet', () => {
    for (const { Principal, Condition } of statementsFor('nodes')) {
      expect(Principal).toEqual({ AWS: '*' });
      expect(Condition?.StringEquals).toEqual({ 'kms:CallerAccount': ACCOUNT });
      expect(JSON.stringify(Condition?.ArnLike?.['aws:PrincipalArn'])).toContain(
        'role/aws-service-role/autoscaling.amazonaws.com/*',
      );
    }
    const [, grants] = statementsFor('nodes');
    expect(grants?.Action).toBe('kms:CreateGrant');
    expect(grants?.Condition?.Bool).toEqual({ 'kms:GrantIsForAWSResource': 'true' });
  });

  test('names a service once', () => {
    expect(statementsFor('sns', 'sns')).toHaveLength(1);
  });
});

describe('the keys of a platform', () => {
  test('are three, with aliases of the plan and no finding', () => {
    const stack = testStack();
    new Keys(stack, 'Keys', { aliases: { data: 'p-data', artifacts: 'p-artifacts', operations: 'p-operations' } });
    expect(nagFindings(stack)).toEqual([]);
    const template = synthTemplate((other) => new Keys(other, 'Keys'));
    template.resourceCountIs('AWS::KMS::Key', KEYS.length);
    template.resourceCountIs('AWS::KMS::Alias', 0);
    template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('keep their logical ids: what they encrypted depends on it', () => {
    const template = synthTemplate((stack) => new Keys(stack, 'Keys'));
    expect(Object.keys(template.findResources('AWS::KMS::Key'))).toEqual([
      'Keysdata1AE4B3AA',
      'Keysartifacts9959D219',
      'KeysoperationsF05CE9EE',
    ]);
  });

  test('let services in by what they protect', () => {
    const services = (description: string) => {
      const template = synthTemplate((stack) => new Keys(stack, 'Keys'));
      const [key] = Object.values(
        template.findResources('AWS::KMS::Key', { Properties: { Description: description } }),
      );
      return key?.Properties.KeyPolicy.Statement.slice(1).map(({ Sid }: Statement) => Sid);
    };
    expect(services('Data lake: files and tables')).toEqual([]);
    expect(services('Training artifacts, checkpoints, images and query results')).toEqual([
      'NodeDisks',
      'NodeDiskGrants',
    ]);
    expect(services('Logs, alerts, locks and machines')).toEqual([
      'LogGroups',
      'LogDelivery',
      'FromAlarms',
      'FromEvents',
      'FromBudgets',
      'FromS3',
      'FromSns',
    ]);
  });

  test('are granted one by one, in IAM and never in their own policy', () => {
    const template = synthTemplate((stack) => {
      const keys = new Keys(stack, 'Keys');
      const policy = new iam.ManagedPolicy(stack, 'Policy');
      keys.grants.decrypt('data', policy);
      keys.grantors.key('encrypt', 'artifacts', policy);
    });
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['kms:Decrypt', 'kms:DescribeKey'],
            Resource: { 'Fn::GetAtt': ['Keysdata1AE4B3AA', 'Arn'] },
          },
          {
            Effect: 'Allow',
            Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
            Resource: { 'Fn::GetAtt': ['Keysartifacts9959D219', 'Arn'] },
          },
        ],
      },
    });
    expect(template.findResources('AWS::KMS::Key')).toEqual(
      synthTemplate((stack) => new Keys(stack, 'Keys')).findResources('AWS::KMS::Key'),
    );
  });

  test('that the plan does not know are an error that names those it knows', () => {
    const keys = new Keys(testStack(), 'Keys');
    const role = new iam.Role(keys, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    expect(() => keys.grantors.key('encrypt', 'secrets', role)).toThrow(
      "There is no key 'secrets'. The keys are data, artifacts, operations.",
    );
  });

  test('of another stack work by ARNs that are known at deployment', () => {
    const stack = testStack({ env: { region: 'eu-central-1' } });
    const arn = (name: string) => ssm.StringParameter.valueForStringParameter(stack, `/p/keys/${name}`);
    const keys = Keys.fromArns(stack, 'Keys', {
      data: arn('data'),
      artifacts: arn('artifacts'),
      operations: arn('operations'),
    });
    new s3.Bucket(stack, 'Bucket', { encryptionKey: keys.data, encryption: s3.BucketEncryption.KMS });
    const policy = new iam.ManagedPolicy(stack, 'Policy');
    keys.grants.encrypt('operations', policy);
    Template.fromStack(stack).resourceCountIs('AWS::KMS::Key', 0);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
    expect(stack.resolve(keys.data.keyArn)).toMatchObject({ Ref: expect.stringContaining('SsmParameterValue') });
    expect(stack.resolve(policy.document).Statement[0].Resource).toEqual(stack.resolve(keys.operations.keyArn));
  });
});
