import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { Workload } from '../../../lib/aws/access/workload';
import { acknowledge, inSharedPacks } from '../../../lib/aws/policy/acknowledge';
import { NO_RESOURCE_LEVEL } from '../../../lib/aws/policy/no-resource-level';
import { nagFindings } from '../../support/nag';
import { testStack } from '../../support/synth';

const rules = (findings: ReturnType<typeof nagFindings>) => findings.map(({ rule }) => rule);

describe('findings', () => {
  test('of all four packs are seen, with pack, resource and reason', () => {
    const stack = testStack();
    new s3.Bucket(stack, 'Bucket');
    const findings = nagFindings(stack);
    expect(new Set(findings.map(({ pack }) => pack))).toEqual(
      new Set(['AwsSolutions', 'NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321']),
    );
    for (const { resource, reason } of findings) {
      expect(resource).toBe('Test/Bucket/Resource');
      expect(reason).toContain('S3 Bucket');
    }
  });

  test('are acknowledged on one resource and no other', () => {
    const stack = testStack();
    const meant = new s3.Bucket(stack, 'Meant');
    new s3.Bucket(stack, 'Other');
    const before = nagFindings(stack).length;
    acknowledge(meant, { 'AwsSolutions-S1': 'why', ...inSharedPacks('S3BucketReplicationEnabled', 'why') });
    const after = nagFindings(stack);
    expect(after).toHaveLength(before - 4);
    const left = (id: string) => rules(after.filter(({ resource }) => resource === `Test/${id}/Resource`));
    expect(left('Meant')).not.toContain('AwsSolutions-S1');
    expect(left('Other')).toContain('AwsSolutions-S1');
    expect(left('Other')).toContain('PCI.DSS.321-S3BucketReplicationEnabled');
  });
});

describe('wildcards of a workload', () => {
  const findingsOf = (
    actions: readonly string[],
    resources: (stack: ReturnType<typeof testStack>) => readonly string[],
  ) => {
    const stack = testStack();
    workloadIn(stack, 'Job').addStatement(
      new iam.PolicyStatement({ actions: [...actions], resources: [...resources(stack)] }),
    );
    return rules(nagFindings(stack));
  };

  test('below a name are acknowledged, also when they were added later', () => {
    expect(findingsOf(['s3:GetObject'], () => ['arn:aws:s3:::bucket/files/*'])).toEqual([]);
    const ofBucket = findingsOf(['s3:GetObject'], (stack) => [`${new s3.CfnBucket(stack, 'B').attrArn}/files/*`]);
    expect(ofBucket.filter((rule) => rule.includes('IAM5'))).toEqual([]);
    expect(
      findingsOf(['ec2:RunInstances'], (stack) => [`arn:${stack.partition}:ec2:${stack.region}::image/*`]),
    ).toEqual([]);
  });

  test('for everything are acknowledged only for actions without a resource level', () => {
    expect(findingsOf(Object.keys(NO_RESOURCE_LEVEL), () => ['*'])).toEqual([]);
    expect(findingsOf(['ec2:DescribeSubnets', 's3:GetObject'], () => ['*'])).toEqual([
      'AwsSolutions-IAM5[Resource::*]',
    ]);
  });

  test('in actions never are', () => {
    expect(findingsOf(['s3:Get*'], () => ['arn:aws:s3:::bucket/files/*'])).toEqual([
      'AwsSolutions-IAM5[Action::s3:Get*]',
    ]);
  });

  test('of one policy leave those of others alone', () => {
    const stack = testStack();
    workloadIn(stack, 'Mine').addStatement(new iam.PolicyStatement(ON_BUCKET));
    new iam.ManagedPolicy(stack, 'Yours', { statements: [new iam.PolicyStatement(ON_BUCKET)] });
    expect(nagFindings(stack).map(({ resource }) => resource)).toEqual(['Test/Yours/Resource']);
  });
});

const ON_BUCKET = { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::bucket/*'] };

const workloadIn = (stack: Stack, id: string) =>
  new Workload(stack, id, { assumedBy: new iam.ServicePrincipal('glue.amazonaws.com'), access: [], grantors: {} });
