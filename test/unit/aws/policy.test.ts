import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { Workload } from '../../../lib/aws/access/workload';
import { acknowledge, inSharedPacks } from '../../../lib/aws/policy/acknowledge';
import { NO_RESOURCE_LEVEL } from '../../../lib/aws/policy/no-resource-level';
import { PLANNED_WILDCARDS } from '../../../lib/aws/policy/planned-wildcards';
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
  type Grant = (stack: Stack) => iam.PolicyStatementProps;
  const findingsOf = (planned: readonly Grant[], added: readonly Grant[] = []) => {
    const stack = testStack();
    const workload = workloadIn(stack, 'Job', planned);
    for (const grant of added) workload.addStatement(new iam.PolicyStatement(grant(stack)));
    return rules(nagFindings(stack)).filter((rule) => rule.includes('IAM5'));
  };
  const on =
    (actions: readonly string[], resource: string | ((stack: Stack) => string), conditions?: object): Grant =>
    (stack) => ({
      actions: [...actions],
      resources: [typeof resource === 'string' ? resource : resource(stack)],
      ...(conditions === undefined ? {} : { conditions: { StringEquals: conditions } }),
    });
  const FILES = 'arn:aws:s3:::bucket/files/*';

  test.each<[string, Grant]>([
    ['a folder', on(['s3:GetObject', 's3:PutObject'], FILES)],
    ['a folder of a bucket here', on(['s3:GetObject'], (stack) => `${bucketIn(stack).attrArn}/files/a/*`)],
    ['tables', on(['glue:GetTable'], ({ region }) => `arn:aws:glue:${region}:111111111111:table/db/*`)],
    [
      'what is scaled, under its condition',
      on(
        ['application-autoscaling:RegisterScalableTarget'],
        ({ region, account }) => `arn:aws:application-autoscaling:${region}:${account}:scalable-target/*`,
        { 'application-autoscaling:service-namespace': 'sagemaker' },
      ),
    ],
    ['everything, for actions without a resource level', on(Object.keys(NO_RESOURCE_LEVEL), '*')],
  ])('are acknowledged where the plan gives %s', (_, grant) => {
    expect(findingsOf([grant])).toEqual([]);
    expect(findingsOf([], [grant]), 'and not where somebody adds that').toHaveLength(1);
    expect(findingsOf([grant], [grant]), 'nor where somebody adds it as well').toHaveLength(1);
  });

  test.each<[string, Grant]>([
    ['every bucket', on(['s3:DeleteObject'], 'arn:aws:s3:::*')],
    ['a whole bucket', on(['s3:GetObject'], 'arn:aws:s3:::bucket/*')],
    ['a folder in buckets of any name', on(['s3:GetObject'], 'arn:aws:s3:::*/files/*')],
    ['other actions on a folder', on(['s3:GetObject', 's3:PutObjectAcl'], FILES)],
    ['every role', on(['iam:PassRole'], 'arn:aws:iam::111111111111:role/*')],
    [
      'every role, under a condition',
      on(['iam:PassRole'], 'arn:aws:iam::111111111111:role/*', { 'iam:PassedToService': 'glue.amazonaws.com' }),
    ],
    ['every endpoint', on(['sagemaker:DescribeEndpoint'], 'arn:aws:sagemaker:eu-central-1:111111111111:endpoint/*')],
    [
      'endpoints without a condition',
      on(['sagemaker:DeleteEndpoint'], 'arn:aws:sagemaker:eu-central-1:111111111111:endpoint/fraud-*'),
    ],
    [
      'scaling of anything',
      on(
        ['application-autoscaling:RegisterScalableTarget'],
        'arn:aws:application-autoscaling:eu-central-1:111111111111:scalable-target/*',
      ),
    ],
    ['everything, for an action with a resource level', on(['ec2:DescribeSubnets', 's3:GetObject'], '*')],
    ['all actions of a kind', on(['s3:Get*'], FILES)],
  ])('stay a finding where a plan gives %s', (_, grant) => {
    expect(findingsOf([grant]).length).toBeGreaterThan(0);
  });

  test('are each acknowledged with a reason', () => {
    for (const { reason, actions, resource } of PLANNED_WILDCARDS) {
      expect(reason).toMatch(/^[A-Z].{20,}\.$/);
      expect(resource.source).toMatch(/^\^.*\$$/);
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    }
  });

  test('of one policy leave those of others alone', () => {
    const stack = testStack();
    workloadIn(stack, 'Mine', [on(['s3:GetObject'], FILES)]);
    new iam.ManagedPolicy(stack, 'Yours', {
      statements: [new iam.PolicyStatement(on(['s3:GetObject'], FILES)(stack))],
    });
    expect(nagFindings(stack).map(({ resource }) => resource)).toEqual(['Test/Yours/Resource']);
  });
});

const bucketIn = (stack: Stack): s3.CfnBucket =>
  (stack.node.tryFindChild('B') as s3.CfnBucket | undefined) ?? new s3.CfnBucket(stack, 'B');

/** A workload whose plan comes to these statements. */
const workloadIn = (stack: Stack, id: string, planned: readonly ((stack: Stack) => iam.PolicyStatementProps)[]) =>
  new Workload(stack, id, {
    assumedBy: new iam.ServicePrincipal('glue.amazonaws.com'),
    access: planned.map((_, i) => ({ workload: 'training', kind: 'zone', verb: 'read', name: String(i), why: 'test' })),
    grantors: {
      zone: (_verb, name, to) => {
        const grant = planned[Number(name)];
        if (grant !== undefined) to.grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement(grant(stack)));
      },
    },
  });
