import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { Alerts } from '../../../lib/aws/alerts/alerts';
import { TRAINING_MEMORY_SHARE } from '../../../lib/aws/training-cluster/training-job';
import { actions, type BatchCluster, clusterIn, json, only, statements } from './training-cluster-stack';

const L4: BatchCluster = { kind: 'batch', accelerator: { type: 'l4' } };

const templateOf = (cluster: BatchCluster) => clusterIn('us-east-1', { cluster }).template;
const container = (template: Template) =>
  only(template, 'AWS::Batch::JobDefinition').ContainerProperties as Readonly<Record<string, unknown>>;

describe('the job definition', () => {
  it('gives a training its whole node, and what it has to know', () => {
    const template = templateOf(L4);
    const { ResourceRequirements, Environment, LinuxParameters, Privileged } = container(template);
    const memory = Math.floor(16 * 1024 * TRAINING_MEMORY_SHARE);
    expect(ResourceRequirements).toEqual([
      { Type: 'VCPU', Value: '4' },
      { Type: 'MEMORY', Value: String(memory) },
      { Type: 'GPU', Value: '1' },
    ]);
    expect(LinuxParameters).toEqual({ SharedMemorySize: Math.floor(memory / 2) });
    expect(Privileged).toBe(false);
    const names = (Environment as readonly { readonly Name: string }[]).map(({ Name }) => Name);
    expect(names).toEqual([
      'MLOPS_ARTIFACTS',
      'MLOPS_CHECKPOINTS',
      'MLOPS_METRICS',
      'AWS_REGION',
      'AWS_DEFAULT_REGION',
    ]);
    expect(JSON.stringify(Environment)).toMatch(/training\/artifacts\/.*training\/checkpoints\//);
  });

  it('tries again after a lost machine, never after a fault of the training, and ends what runs too long', () => {
    expect(
      only(templateOf({ ...L4, attempts: 7, maxRuntime: '90 minutes' }), 'AWS::Batch::JobDefinition'),
    ).toMatchObject({
      RetryStrategy: {
        Attempts: 7,
        EvaluateOnExit: [
          { Action: 'RETRY', OnStatusReason: 'Host EC2*' },
          { Action: 'EXIT', OnReason: '*' },
        ],
      },
      Timeout: { AttemptDurationSeconds: 5400 },
    });
  });

  it('logs to a retained, encrypted group', () => {
    const template = templateOf(L4);
    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Retain',
      Properties: { KmsKeyId: Match.anyValue(), RetentionInDays: 365 },
    });
    expect(container(template).LogConfiguration).toEqual({
      LogDriver: 'awslogs',
      Options: {
        'awslogs-group': { Ref: expect.stringContaining('TrainingBatchLog') },
        'awslogs-region': 'us-east-1',
        'awslogs-stream-prefix': 'training',
      },
    });
  });

  it('runs the first image of the repository unless told which', () => {
    expect(JSON.stringify(container(templateOf(L4)).Image)).toMatch(/TrainingRepository.*:initial/);
    const { template } = clusterIn('us-east-1', { cluster: L4, image: 'example.com/fraud@sha256:0' });
    expect(container(template).Image).toBe('example.com/fraud@sha256:0');
  });

  it('is published with its queue, as requests that another image is submitted with', () => {
    const published = json(only(templateOf(L4), 'AWS::SSM::Parameter').Value);
    expect(published).toEqual({
      SubmitJob: {
        jobQueue: expect.stringContaining('TrainingBatchMachinesQueue'),
        jobDefinition: expect.stringContaining('TrainingBatchDefinition'),
        propagateTags: true,
      },
      RegisterJobDefinition: expect.objectContaining({
        jobDefinitionName: expect.stringContaining('Fn::Select'),
        type: 'container',
        timeout: { attemptDurationSeconds: 86_400 },
        containerProperties: expect.objectContaining({ image: expect.stringContaining('TrainingRepository') }),
      }),
    });
    expect(JSON.stringify(published)).not.toContain(':initial');
  });

  it('gives up what no machine can ever run, so that somebody hears of it', () => {
    const reasons = ['COMPUTE_ENVIRONMENT_MAX_RESOURCE', 'JOB_RESOURCE_REQUIREMENT'];
    expect(only(templateOf(L4), 'AWS::Batch::JobQueue').JobStateTimeLimitActions).toEqual(
      reasons.map((reason) => ({
        Action: 'CANCEL',
        State: 'RUNNABLE',
        MaxTimeSeconds: 600,
        Reason: `MISCONFIGURATION:${reason}`,
      })),
    );
  });
});

describe('roles of a batch cluster', () => {
  const template = templateOf(L4);

  it('are three, each with one managed policy', () => {
    const trusts = Object.entries(template.findResources('AWS::IAM::Role')).map(([id, { Properties }]) => [
      id.replace(/Role.*/, ''),
      Properties.AssumeRolePolicyDocument.Statement[0].Principal.Service,
    ]);
    expect(trusts).toEqual([
      ['TrainingBatchWorkload', 'ecs-tasks.amazonaws.com'],
      ['TrainingBatchLauncher', 'ecs-tasks.amazonaws.com'],
      ['TrainingBatchNodes', 'ec2.amazonaws.com'],
    ]);
    expect(template.findResources('AWS::IAM::Policy')).toEqual({});
    expect(JSON.stringify(template.findResources('AWS::IAM::Role'))).not.toContain(':aws:policy/');
  });

  it('of trainings neither pulls images, nor writes logs, nor touches the network', () => {
    for (const action of actions(statements(template, 'TrainingBatchWorkload')))
      expect(action).toMatch(/^(s3|kms|cloudwatch):/);
  });

  it('of what starts trainings pulls and logs, of this cluster only', () => {
    expect(actions(statements(template, 'TrainingBatchLauncher'))).toEqual([
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetAuthorizationToken',
      'ecr:GetDownloadUrlForLayer',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  it('of nodes takes part in clusters of Batch and can do nothing else', () => {
    const all = statements(template, 'TrainingBatchNodes');
    for (const action of actions(all)) expect(action).toMatch(/^ecs:/);
    for (const { Action, Resource } of all)
      if (Action !== 'ecs:DiscoverPollEndpoint') expect(JSON.stringify(Resource)).toContain('/AWSBatch-*');
  });
});

describe('a failed training of a queue', () => {
  it('is one of this queue', () => {
    const { template } = clusterIn('us-east-1', {
      cluster: L4,
      build: (stack) => ({ alerts: new Alerts(stack, 'Alerts') }),
    });
    expect(only(template, 'AWS::Events::Rule').EventPattern).toEqual({
      source: ['aws.batch'],
      'detail-type': ['Batch Job State Change'],
      detail: { status: ['FAILED'], jobQueue: [{ Ref: expect.stringContaining('TrainingBatchMachinesQueue') }] },
    });
  });
});
