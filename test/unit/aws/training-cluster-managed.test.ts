import { Duration, Tags } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { allow } from '../../../lib/aws/access/grant-statement';
import { Alerts } from '../../../lib/aws/alerts/alerts';
import { UNTAGGED_IMAGE_DAYS } from '../../../lib/aws/training-cluster/image-repository';
import { TRAINING_METRICS, trainingJobMetric } from '../../../lib/aws/training-cluster/training-metrics';
import { type EventPattern, matchesPattern } from '../../support/event-pattern';
import { actions, clusterIn, json, only, SUBNETS, statements } from './training-cluster-stack';

const grant = (to: iam.IGrantable, resource: string) => allow(to, ['test:Act'], [resource]);

const GPU = { kind: 'managed', accelerator: { type: 'l4' } } as const;
const CPU = { kind: 'managed', machine: 'medium' } as const;

const defaultsOf = (cluster: Parameters<typeof clusterIn>[1]['cluster']) => {
  const { template } = clusterIn('eu-central-1', cluster === undefined ? {} : { cluster });
  return json(only(template, 'AWS::SSM::Parameter').Value);
};

describe('what a managed cluster publishes', () => {
  it('is what a training is started with', () => {
    const { template } = clusterIn('eu-central-1', { cluster: { ...CPU, maxRuntime: '2 hours', disk: '50 GiB' } });
    const defaults = json(only(template, 'AWS::SSM::Parameter').Value);
    expect(defaults).toMatchObject({
      VpcConfig: { Subnets: SUBNETS },
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 50 },
      StoppingCondition: { MaxRuntimeInSeconds: 7200 },
      EnableManagedSpotTraining: false,
      EnableInterContainerTrafficEncryption: false,
      EnableNetworkIsolation: false,
      ProfilerConfig: { DisableProfiler: true },
      Environment: { MLOPS_METRICS: TRAINING_METRICS },
    });
    expect(defaults.StoppingCondition).not.toHaveProperty('MaxWaitTimeInSeconds');
    expect(JSON.stringify(defaults.OutputDataConfig)).toMatch(/\/training\/artifacts\/.*TrainingKey/);
    expect(JSON.stringify(defaults.CheckpointConfig)).toMatch(/\/training\/checkpoints\//);
    expect(JSON.stringify(defaults.RoleArn)).toContain('TrainingManagedWorkloadRole');
    expect(JSON.stringify(defaults.AlgorithmSpecification)).toContain('TrainingRepository');
  });

  it('never turns on what is closed to new customers', () => {
    for (const key of Object.keys(defaultsOf(GPU))) expect(key).not.toMatch(/Debug|TensorBoard|ProfilerRule/);
  });

  it('gives a key to network disks only: machines with their own storage refuse one, and more than they have', () => {
    expect(defaultsOf(CPU).ResourceConfig).toHaveProperty('VolumeKmsKeyId');
    expect(defaultsOf({ ...GPU, disk: '2 TiB' }).ResourceConfig).toEqual({
      InstanceType: 'ml.g6.xlarge',
      InstanceCount: 1,
      VolumeSizeInGB: 250,
    });
  });

  it('lets a spot training wait twice its longest run', () => {
    expect(defaultsOf({ ...GPU, capacity: 'spot', maxRuntime: '3 hours' })).toMatchObject({
      EnableManagedSpotTraining: true,
      StoppingCondition: { MaxRuntimeInSeconds: 10_800, MaxWaitTimeInSeconds: 21_600 },
    });
  });

  it('encrypts what nodes tell each other', () => {
    expect(defaultsOf({ ...GPU, nodes: 4 })).toMatchObject({
      ResourceConfig: { InstanceCount: 4 },
      EnableInterContainerTrafficEncryption: true,
    });
  });

  it('carries the tags of the stack, so that budgets find what trainings cost', () => {
    const { template } = clusterIn('eu-central-1', {
      build: (stack) => {
        Tags.of(stack).add('mlops-platform', 'fraud-prod');
        return {};
      },
    });
    expect(json(only(template, 'AWS::SSM::Parameter').Value).Tags).toEqual([
      { Key: 'mlops-platform', Value: 'fraud-prod' },
    ]);
    expect(defaultsOf(undefined)).not.toHaveProperty('Tags');
  });
});

describe('the role of managed trainings', () => {
  it('is for SageMaker in this account only, and has one managed policy', () => {
    const { template } = clusterIn('eu-central-1', { cluster: CPU });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'sagemaker.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
    });
    expect(template.findResources('AWS::IAM::Policy')).toEqual({});
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 1);
  });

  it('may create grants for disks only where there are disks to encrypt', () => {
    const policy = (cluster: typeof CPU | typeof GPU) =>
      statements(clusterIn('eu-central-1', { cluster }).template, 'TrainingManagedWorkload');
    const grants = policy(CPU).filter(({ Action }) => Action === 'kms:CreateGrant');
    expect(grants).toHaveLength(1);
    expect(grants[0]?.Condition).toEqual({ Bool: { 'kms:GrantIsForAWSResource': 'true' } });
    expect(actions(policy(GPU))).not.toContain('kms:CreateGrant');
  });

  it('pulls images, joins the network, writes its log and publishes metrics of its own namespaces', () => {
    const policy = statements(clusterIn('eu-central-1', { cluster: GPU }).template, 'TrainingManagedWorkload');
    expect(actions(policy)).toEqual(
      expect.arrayContaining(['ecr:BatchGetImage', 'ec2:CreateNetworkInterface', 'logs:PutLogEvents', 's3:PutObject']),
    );
    expect(policy.find(({ Action }) => Action === 'cloudwatch:PutMetricData')?.Condition).toEqual({
      StringEquals: { 'cloudwatch:namespace': ['MLOps/Training', '/aws/sagemaker/TrainingJobs'] },
    });
    const logs = policy.find(({ Action }) => Action.includes('logs:PutLogEvents'));
    expect(JSON.stringify(logs?.Resource)).toContain('log-group:/aws/sagemaker/TrainingJobs');
  });

  it('reads datasets by whoever grants them', () => {
    const { template } = clusterIn('eu-central-1', {
      reads: ['transactions'],
      grantors: {
        dataset: (verb, name, to) => grant(to, `${verb} ${name}`),
        key: (verb, name, to) => grant(to, `${verb} ${name}`),
      },
    });
    const resources = statements(template, 'TrainingManagedWorkload').map(({ Resource }) => Resource);
    expect(resources).toEqual(expect.arrayContaining(['read transactions', 'decrypt data']));
    expect(() =>
      clusterIn('eu-central-1', { reads: ['transactions'], grantors: { dataset: () => undefined } }),
    ).toThrow(/Test\/Training: nothing grants the key 'data'/);
    expect(() => clusterIn('eu-central-1', { reads: ['transactions', 'cards'] })).toThrow(
      "Test/Training: nothing grants reading the dataset 'transactions', the dataset 'cards'. Give it `grantors`",
    );
  });
});

describe('a failed managed training', () => {
  const { template, cluster } = clusterIn('eu-central-1', {
    cluster: GPU,
    build: (stack) => ({ alerts: new Alerts(stack, 'Alerts') }),
  });
  const pattern = only(template, 'AWS::Events::Rule').EventPattern as EventPattern;
  const [role] = (pattern.detail as { readonly RoleArn: readonly unknown[] }).RoleArn;
  const event = (detail: Record<string, unknown>) => ({
    source: 'aws.sagemaker',
    'detail-type': 'SageMaker Training Job State Change',
    detail: { RoleArn: 'arn:role', ...detail },
  });
  const known = JSON.parse(JSON.stringify(pattern).replace(JSON.stringify(role), '"arn:role"')) as EventPattern;

  it('is one of this role that failed or ran out of time', () => {
    expect(JSON.stringify(role)).toContain('TrainingManagedWorkloadRole');
    for (const [TrainingJobStatus, SecondaryStatus, told] of [
      ['Failed', 'Failed', true],
      ['Stopped', 'MaxRuntimeExceeded', true],
      ['Stopped', 'MaxWaitTimeExceeded', true],
      ['Stopped', 'Stopped', false],
      ['Completed', 'Completed', false],
      ['InProgress', 'Training', false],
    ] as const)
      expect(matchesPattern(known, event({ TrainingJobStatus, SecondaryStatus }))).toBe(told);
    const elsewhere = event({ TrainingJobStatus: 'Failed', SecondaryStatus: 'Failed', RoleArn: 'arn:other' });
    expect(matchesPattern(known, elsewhere)).toBe(false);
  });

  it('reaches the channel with a way to the training', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        {
          Arn: { Ref: Match.stringLikeRegexp('AlertsTopic') },
          InputTransformer: {
            InputPathsMap: Match.objectLike({ 'detail-TrainingJobName': '$.detail.TrainingJobName' }),
          },
        },
      ],
    });
  });

  it('is counted', () => {
    const metric = cluster.metricFailed({ period: Duration.hours(1) });
    expect(metric).toMatchObject({ namespace: 'AWS/Events', metricName: 'MatchedEvents', statistic: 'Sum' });
    expect(metric.period.toHours({ integral: true })).toBe(1);
    expect(() => clusterIn('eu-central-1', {}).cluster.metricFailed()).toThrow(/nothing counts failed trainings/);
  });
});

describe('metrics of managed trainings', () => {
  it('have the official names', () => {
    expect(trainingJobMetric('GPUUtilization', 'fraud-7', 2)).toMatchObject({
      namespace: '/aws/sagemaker/TrainingJobs',
      metricName: 'GPUUtilization',
      dimensions: { Host: 'fraud-7/algo-2' },
    });
  });
});

describe('images and network of any cluster', () => {
  it('lie in an encrypted, scanned, immutable, retained repository without a fixed name of its own', () => {
    const { template } = clusterIn('eu-central-1', {});
    template.hasResource('AWS::ECR::Repository', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: Match.anyValue() },
        ImageScanningConfiguration: { ScanOnPush: true },
        ImageTagMutability: 'IMMUTABLE',
        RepositoryName: Match.absent(),
      },
    });
    const { LifecyclePolicyText } = only(template, 'AWS::ECR::Repository').LifecyclePolicy as Record<string, string>;
    expect(json(LifecyclePolicyText).rules).toMatchObject([
      { selection: { tagStatus: 'untagged', countNumber: UNTAGGED_IMAGE_DAYS } },
    ]);
  });

  it('have names of the plan where it gives them', () => {
    const { template } = clusterIn('eu-central-1', {
      repositoryName: 'fraud-prod-training',
      defaultsName: '/mlops/fraud-prod/training/defaults',
    });
    template.hasResourceProperties('AWS::ECR::Repository', { RepositoryName: 'fraud-prod-training' });
    template.hasResourceProperties('AWS::SSM::Parameter', { Name: '/mlops/fraud-prod/training/defaults' });
  });

  it('let nobody in, and out by HTTPS only', () => {
    const { template } = clusterIn('eu-central-1', { cluster: GPU });
    expect(only(template, 'AWS::EC2::SecurityGroup')).toMatchObject({
      SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }],
    });
    expect(only(template, 'AWS::EC2::SecurityGroup')).not.toHaveProperty('SecurityGroupIngress');
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  it('let nodes of one training talk by any protocol', () => {
    const { template } = clusterIn('eu-central-1', { cluster: { ...GPU, nodes: 2 } });
    const group = { 'Fn::GetAtt': [Match.stringLikeRegexp('TrainingSecurityGroup'), 'GroupId'] };
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      IpProtocol: '-1',
      GroupId: group,
      SourceSecurityGroupId: group,
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      IpProtocol: '-1',
      GroupId: group,
      DestinationSecurityGroupId: group,
    });
  });
});
