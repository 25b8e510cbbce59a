import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { type ITrainingCluster, TrainingCluster } from '../../../lib/aws/training-cluster/training-cluster';
import { testStack } from '../../support/synth';
import { network, type Statement, SUBNETS } from './training-cluster-stack';

/** What a role of a user may do after a grant. */
function granted(
  make: (stack: Stack) => ITrainingCluster,
  grant: (cluster: ITrainingCluster, to: iam.IGrantable) => void,
): readonly Statement[] {
  const stack = testStack({ env: { region: 'eu-central-1' } });
  const cluster = make(stack);
  const role = new iam.Role(stack, 'User', { assumedBy: new iam.AccountRootPrincipal() });
  grant(cluster, role);
  const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy');
  return Object.values(policies).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

const managed = (stack: Stack) => new TrainingCluster(stack, 'Training', { network: network(stack) });
const batch = (stack: Stack) =>
  new TrainingCluster(stack, 'Training', { network: network(stack), cluster: { kind: 'batch' } });

const imported = (submission: ITrainingCluster['submission']) => (stack: Stack) =>
  TrainingCluster.fromAttributes(stack, 'Training', {
    repositoryName: 'fraud-prod-training',
    defaultsName: '/mlops/fraud-prod/training/defaults',
    submission,
  });
const importedManaged = imported({
  kind: 'managed',
  roleArn: 'arn:aws:iam::111111111111:role/training',
  subnetIds: SUBNETS,
  securityGroupId: 'sg-0a1b2c3d4e5f67890',
});
const importedBatch = imported({
  kind: 'batch',
  queueArn: 'arn:aws:batch:eu-central-1:111111111111:job-queue/q',
  jobDefinitionName: 'training',
  roleArn: 'arn:aws:iam::111111111111:role/training',
  executionRoleArn: 'arn:aws:iam::111111111111:role/launcher',
});

const submit = (cluster: ITrainingCluster, to: iam.IGrantable) => cluster.grants.submit(to);
const of = (all: readonly Statement[], action: string) => {
  const found = all.filter(({ Action }) => [Action].flat().includes(action));
  expect(found).toHaveLength(1);
  return found[0];
};

describe('who may start managed trainings', () => {
  it('starts them in the network of the cluster and as its role, and nothing else', () => {
    const all = granted(managed, submit);
    expect(of(all, 'sagemaker:CreateTrainingJob')?.Condition).toEqual({
      'ForAllValues:StringEquals': {
        'sagemaker:VpcSubnets': SUBNETS,
        'sagemaker:VpcSecurityGroupIds': [{ 'Fn::GetAtt': [expect.stringContaining('SecurityGroup'), 'GroupId'] }],
      },
      Null: { 'sagemaker:VpcSubnets': 'false', 'sagemaker:VpcSecurityGroupIds': 'false' },
    });
    const pass = of(all, 'iam:PassRole');
    expect(JSON.stringify(pass?.Resource)).toContain('TrainingManagedWorkloadRole');
    expect(pass?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } });
    expect(JSON.stringify(of(all, 'ssm:GetParameter')?.Resource)).toContain('TrainingDefaults');
    expect(of(all, 'sagemaker:AddTags')?.Condition).toBeDefined();
  });

  it('does so by an import too', () => {
    const all = granted(importedManaged, submit);
    expect(of(all, 'iam:PassRole')?.Resource).toBe('arn:aws:iam::111111111111:role/training');
    expect(JSON.stringify(of(all, 'ssm:GetParameter')?.Resource)).toContain(
      'parameter/mlops/fraud-prod/training/defaults',
    );
    expect(JSON.stringify(of(all, 'sagemaker:CreateTrainingJob')?.Condition)).toContain('sg-0a1b2c3d4e5f67890');
  });
});

describe('who may start trainings of a queue', () => {
  it('submits revisions of its definition only, with images of its repository only', () => {
    const all = granted(batch, submit);
    const resources = of(all, 'batch:SubmitJob')?.Resource as readonly unknown[];
    expect(resources).toHaveLength(3);
    expect(JSON.stringify(resources[0])).toContain('Queue');
    for (const definition of resources.slice(1)) {
      expect(JSON.stringify(definition)).toContain(':job-definition/');
      expect(JSON.stringify(definition)).toContain('TrainingBatchDefinition');
    }
    const register = of(all, 'batch:RegisterJobDefinition');
    expect(JSON.stringify(register?.Condition)).toContain('TrainingRepository');
    expect(register?.Condition).toMatchObject({ BoolIfExists: { 'batch:Privileged': 'false' } });
    const pass = of(all, 'iam:PassRole');
    expect(pass?.Resource).toHaveLength(2);
    expect(pass?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
  });

  it('does so by an import too', () => {
    const all = granted(importedBatch, submit);
    expect(JSON.stringify(of(all, 'batch:SubmitJob')?.Resource)).toContain(':job-definition/training:*');
    expect(JSON.stringify(of(all, 'batch:RegisterJobDefinition')?.Condition)).toContain('/fraud-prod-training:*');
  });
});

describe('who may handle images', () => {
  it('pulls them, or pushes them too', () => {
    for (const make of [managed, importedManaged]) {
      const pull = granted(make, (cluster, to) => cluster.grants.pull(to));
      const push = granted(make, (cluster, to) => cluster.grants.push(to));
      expect(of(pull, 'ecr:BatchGetImage')?.Resource).not.toBe('*');
      expect(of(push, 'ecr:PutImage')?.Resource).not.toBe('*');
      expect(JSON.stringify(pull)).not.toContain('ecr:PutImage');
    }
  });

  it('gets the same from the access plan', () => {
    const byGrant = granted(managed, (cluster, to) => cluster.grants.push(to));
    expect(granted(managed, (cluster, to) => cluster.grantors.repository('push', 'training', to))).toEqual(byGrant);
  });
});
