import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { type clusterJob, TRAIN } from '../../../lib/aws/training-pipeline/cluster/cluster-job';
import { followedSeconds } from '../../../lib/aws/training-pipeline/machine/start-props';
import { TrainingPipeline } from '../../../lib/aws/training-pipeline/training-pipeline';
import { resolvedValue } from '../../support/asl-from-template';
import { CLUSTERS, jobOn } from '../../support/cluster-job';
import { synthPlatform } from '../../support/examples';
import { workloadPermissions } from '../../support/iam';
import { nagFindings } from '../../support/nag';
import { loadedPipeline, ON_CLUSTER, plannedPipeline, UNCHECKED, WITH_CLUSTER } from '../../support/pipeline-spec';

const synthesised = synthPlatform(loadedPipeline(ON_CLUSTER, WITH_CLUSTER));
const { detector } = synthesised.platform.models;
if (detector?.pipeline === undefined) throw new Error('the pipeline was lost');
const template = Template.fromStack(detector);
const permissions = workloadPermissions(synthesised);
const of = (workload: string) =>
  permissions
    .filter(({ access }) => access.some((edge) => edge.workload === workload))
    .flatMap(({ permissions: p }) => p.map(({ action, resource }) => `${action} ${resource}`));

interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly essential: boolean;
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: string }[];
  readonly resourceRequirements: readonly { readonly type: string; readonly value: string }[];
  readonly linuxParameters?: { readonly devices?: readonly unknown[] };
}

const tasksOf = ({ ecsProperties, nodeProperties }: ReturnType<typeof clusterJob>) =>
  JSON.parse(
    JSON.stringify([ecsProperties ?? (nodeProperties as { nodeRangeProperties: object[] }).nodeRangeProperties]),
  )
    .flat()
    .map((one: { ecsProperties?: object }) => one.ecsProperties ?? one)
    .map(
      (one: { taskProperties: { containers: Container[] }[] }) => one.taskProperties[0]?.containers,
    ) as Container[][];

describe('the job of a step on the cluster', () => {
  it.each(CLUSTERS)('has containers in an order that ECS can keep, on %o', (cluster) => {
    const { job } = jobOn(cluster);
    for (const containers of tasksOf(job)) {
      const essential = containers.filter((one) => one.essential).map(({ name }) => name);
      expect(essential).toHaveLength(1);
      const before = new Map(containers.map(({ name, dependsOn = [] }) => [name, dependsOn]));
      for (const { containerName, condition } of [...before.values()].flat()) {
        expect(before.has(containerName)).toBe(true);
        if (condition !== 'START') expect(essential).not.toContain(containerName);
      }
      const done = new Set<string>();
      for (let i = 0; i < containers.length; i++)
        for (const [name, all] of before) if (all.every((one) => done.has(one.containerName))) done.add(name);
      expect([...done].sort()).toEqual([...before.keys()].sort());
      // The last carry of checkpoints comes after the training was stopped.
      expect(before.get(TRAIN)).toContainEqual({ containerName: 'checkpoints', condition: 'START' });
    }
  });

  it.each(CLUSTERS)('reserves no more than a node of %o has', (cluster) => {
    const { job, machine } = jobOn(cluster);
    for (const containers of tasksOf(job)) {
      const sum = (type: string) =>
        containers
          .flatMap(({ resourceRequirements }) => resourceRequirements.filter((one) => one.type === type))
          .reduce((total, { value }) => total + Number(value), 0);
      expect(sum('VCPU')).toBeLessThanOrEqual(machine.vcpu);
      expect(sum('MEMORY')).toBeLessThanOrEqual(machine.memoryGib * 1024 * 0.9);
      expect(sum('GPU')).toBe(machine.accelerator?.count ?? 0);
      for (const { resourceRequirements } of containers)
        expect(
          resourceRequirements.filter(({ type }) => type === 'VCPU').every(({ value }) => Number(value) >= 1),
        ).toBe(true);
    }
  });

  it('gives the container what the contract says', () => {
    const [[...containers] = []] = tasksOf(jobOn({}).job);
    expect(containers.find(({ name }) => name === TRAIN)?.command).toEqual([
      ...['python', '-m', 'fraud.train'],
      ...['--train', '/mlops/input/train', '--labels', '/mlops/input/labels'],
      ...['--model', '/mlops/output/model'],
      ...['--rounds', '200', '--checkpoints', '/mlops/checkpoints'],
    ]);
  });

  it('is stored by the main node alone, and trained on all with their devices', () => {
    const [main = [], others = []] = tasksOf(jobOn({ accelerator: { type: 'a100-80', count: 8 }, nodes: 2 }).job);
    expect(main.map(({ name }) => name)).toEqual(['fetch', 'checkpoints', 'store', TRAIN]);
    expect(others.map(({ name }) => name)).toEqual(['fetch', 'checkpoints', TRAIN]);
    const devices = (all: readonly Container[]) => all.find(({ name }) => name === TRAIN)?.linuxParameters?.devices;
    expect(devices(main)).toEqual(devices(others));
    expect(devices(main)?.length).toBeGreaterThan(0);
  });

  it('takes the time of the step and the attempts of the cluster', () => {
    expect(jobOn({ attempts: 7 }).job).toMatchObject({
      timeout: { attemptDurationSeconds: 6 * 3600 },
      retryStrategy: { attempts: 7, evaluateOnExit: [{ action: 'RETRY', onStatusReason: 'Host EC2*' }, {}, {}] },
    });
  });
});

describe('ClusterSteps', () => {
  it('takes steps from an encrypted queue of its own, whose rest waits for a person', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      KmsMasterKeyId: Match.anyValue(),
      RedrivePolicy: { maxReceiveCount: 12, deadLetterTargetArn: Match.anyValue() },
    });
    template.hasResourceProperties('AWS::Pipes::Pipe', {
      SourceParameters: { SqsQueueParameters: { BatchSize: 1 } },
      TargetParameters: { StepFunctionStateMachineParameters: { InvocationType: 'FIRE_AND_FORGET' } },
      KmsKeyIdentifier: Match.anyValue(),
    });
    template.hasResourceProperties('AWS::SageMaker::Pipeline', {
      PipelineDefinition: { PipelineDefinitionBody: Match.anyValue() },
    });
  });

  it('runs containers as the steps of the pipeline, which only services of this account become', () => {
    const trust = (path: RegExp) =>
      Object.entries(template.findResources('AWS::IAM::Role'))
        .filter(([id]) => path.test(id))
        .flatMap(([, { Properties }]) => Properties.AssumeRolePolicyDocument.Statement)
        .map(({ Principal, Condition }) => [Principal.Service, Condition.StringEquals['aws:SourceAccount']]);
    expect(trust(/^PipelineSteps/)).toEqual([
      ['sagemaker.amazonaws.com', '111111111111'],
      ['ecs-tasks.amazonaws.com', '111111111111'],
    ]);
    expect(trust(/^PipelineClusterLauncher/)).toEqual([['ecs-tasks.amazonaws.com', '111111111111']]);
  });

  it('keeps revisions that runs under way were told of', () => {
    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      ResourceRetentionPolicy: { SkipDeregisterOnUpdate: true },
    });
    const [id] = Object.keys(template.findResources('AWS::Batch::JobDefinition'));
    const [pipeline] = Object.values(template.findResources('AWS::SageMaker::Pipeline'));
    const body = resolvedValue(pipeline?.Properties.PipelineDefinition.PipelineDefinitionBody, {
      ref: (name) => (name === id ? 'the revision of now' : name),
      attribute: (name) => name,
    });
    expect(JSON.parse(String(body)).Steps).toContainEqual(
      expect.objectContaining({
        Name: 'train',
        Arguments: expect.objectContaining({ definition: 'the revision of now' }),
      }),
    );
  });

  it('tells the channel of a machine that came to no end', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        detail: { stateMachineArn: [Match.anyValue()], status: ['TIMED_OUT', 'ABORTED', 'FAILED'] },
      },
    });
  });

  it('writes no records where no step is used again', () => {
    const { train, ...others } = ON_CLUSTER.steps;
    const { cache: _, ...uncached } = train;
    const plain = { ...ON_CLUSTER, steps: { ...others, train: uncached } };
    const s3 = workloadPermissions(synthPlatform(loadedPipeline(plain, WITH_CLUSTER)))
      .filter(({ access }) => access.some(({ workload }) => workload === 'cluster-step/detector'))
      .flatMap(({ permissions: p }) => p.filter(({ action }) => action.startsWith('s3:')));
    expect(s3).toEqual([]);
    expect(of('cluster-step/detector').filter((text) => text.startsWith('s3:PutObject'))).toEqual([
      expect.stringMatching(/\/pipelines\/detector\/cluster-steps\/\*$/),
    ]);
  });

  it('can neither run as other roles nor register job definitions', () => {
    const actions = of('cluster-step/detector').map((text) => text.split(' ')[0]);
    expect(
      actions.filter((action) => /PassRole|RegisterJobDefinition|StartPipelineExecution/.test(action ?? '')),
    ).toEqual([]);
  });

  it('is deployed after the cluster, of which it reads the published queue', () => {
    const { training } = synthesised.platform;
    expect(detector.dependencies).toContain(training);
    expect(JSON.stringify(template.toJSON().Parameters)).toContain('/mlops/fraud/training/queue');
  });

  it('gives no finding that is not acknowledged', () => {
    expect(nagFindings(synthesised.app)).toEqual([]);
  });

  it('is not there, and the training stack is as it was, where no step runs on the cluster', () => {
    const { platform } = synthPlatform(loadedPipeline(UNCHECKED, WITH_CLUSTER));
    const without = platform.models.detector;
    if (without === undefined || platform.training === undefined || synthesised.platform.training === undefined)
      throw new Error('a stack was lost');
    expect(without.pipeline?.clusterSteps).toBeUndefined();
    const text = JSON.stringify(Template.fromStack(without).toJSON());
    expect(text).not.toMatch(/ecs-tasks|AWS::Batch|AWS::Pipes|training\/queue|batch:/);
    expect(Template.fromStack(platform.training).toJSON()).toEqual(
      Template.fromStack(synthesised.platform.training).toJSON(),
    );
  });
});

describe('a pipeline with a step on a cluster', () => {
  it('says so where no cluster is given', () => {
    const plan = plannedPipeline(ON_CLUSTER, WITH_CLUSTER);
    const stack = synthPlatform(loadedPipeline(UNCHECKED, WITH_CLUSTER)).platform.models.detector;
    if (stack?.pipeline === undefined) throw new Error('the pipeline was lost');
    const props = (stack.pipeline as unknown as { readonly props: ConstructorParameters<typeof TrainingPipeline>[2] })
      .props;
    expect(() => new TrainingPipeline(stack, 'Other', { ...props, plan })).toThrow(
      /the step train of detector runs on a batch cluster, and none is given\. Give `cluster`/,
    );
  });

  it('is followed for as long as its jobs may wait, run and begin again', () => {
    const { steps } = plannedPipeline(ON_CLUSTER, WITH_CLUSTER);
    const [hour, day] = [3600, 86_400];
    const others = hour + 2 * (4 * hour + hour) * 2;
    expect(followedSeconds(steps, { attempts: 3 })).toBe(others + (6 * hour * 3 + day) * 3 + day);
  });
});
