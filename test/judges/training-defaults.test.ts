import { resolve } from 'node:path';
import { App, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Network } from '../../lib/aws/network/network';
import type { TrainingClusterInput } from '../../lib/aws/training-cluster/cluster-spec';
import { TrainingCluster } from '../../lib/aws/training-cluster/training-cluster';
import { lintLines, lintTemplates } from '../support/cfn-lint';
import { describeJudge, judgePython } from '../support/describe-judge';
import { forMoto } from '../support/for-moto';
import { Moto } from '../support/moto';
import { runJudge } from '../support/python-process';
import type { CfnTemplate } from '../support/resource-schemas';

const region = 'us-east-1';
const SCRIPT = resolve(__dirname, 'templates/service_requests.py');

type Request = { readonly service: string; readonly operation: string; readonly params: unknown };
type Json = Readonly<Record<string, unknown>>;

const problems = async (...requests: readonly Request[]) =>
  ((await runJudge(judgePython('templates'), SCRIPT, requests)) as readonly (readonly string[])[]).flat();

const CLUSTERS: readonly (readonly [name: string, cluster: TrainingClusterInput])[] = [
  ['managed, disks, several nodes', { kind: 'managed', nodes: 2, maxRuntime: '28 days' }],
  ['managed, local storage, spot', { kind: 'managed', accelerator: { type: 'l4' }, capacity: 'spot' }],
  ['managed, eight accelerators', { kind: 'managed', accelerator: { type: 'h100', count: 8 }, nodes: 4 }],
  ['batch, spot', { kind: 'batch', accelerator: { type: 'l4' }, capacity: 'spot' }],
  ['batch, EFA', { kind: 'batch', accelerator: { type: 'h100', count: 8 }, nodes: 2 }],
  ['batch, Neuron', { kind: 'batch', accelerator: { type: 'trainium1', count: 16 }, nodes: 2 }],
];

function template(cluster: TrainingClusterInput) {
  const stack = new Stack(new App(), 'Test', { env: { region } });
  const network = new Network(stack, 'Network');
  const { repository } = new TrainingCluster(stack, 'Training', { network, cluster });
  Tags.of(repository).add('mlops-platform', 'fraud-prod');
  return Template.fromStack(stack).toJSON() as CfnTemplate;
}

describeJudge('templates', 'what a training cluster publishes', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await Moto.start({ region });
  });
  beforeEach(async () => {
    await moto.reset();
    await moto.call('ssm', 'put_parameter', { Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' });
  });
  afterAll(() => moto.stop());

  async function published(cluster: TrainingClusterInput): Promise<string> {
    const report = await moto.createStack({ stack: 'training', template: forMoto(template(cluster)) });
    const parameter = report.resources.find(({ type }) => type === 'AWS::SSM::Parameter');
    const { Parameter } = await moto.call('ssm', 'get_parameter', { Name: parameter?.physicalId });
    return (Parameter as { readonly Value: string }).Value;
  }

  test.each(CLUSTERS)('fits into a parameter and the models of its services: %s', async (_name, cluster) => {
    const text = await published(cluster);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
    const defaults = JSON.parse(text) as Json;
    if (cluster.kind === 'managed') {
      const params = { ...defaults, TrainingJobName: 'fraud-1' };
      expect(await problems({ service: 'sagemaker', operation: 'CreateTrainingJob', params })).toEqual([]);
    } else {
      const { SubmitJob, RegisterJobDefinition, ...others } = defaults;
      expect(others).toEqual({});
      const submit = { ...(SubmitJob as Json), jobName: 'fraud-1' };
      expect(
        await problems(
          { service: 'batch', operation: 'SubmitJob', params: submit },
          { service: 'batch', operation: 'RegisterJobDefinition', params: RegisterJobDefinition },
        ),
      ).toEqual([]);
    }
  });

  test('starts a managed training', async () => {
    const defaults = JSON.parse(await published({ kind: 'managed', capacity: 'spot' })) as Json;
    await moto.call('sagemaker', 'create_training_job', { ...defaults, TrainingJobName: 'fraud-1' });
    const job = await moto.call('sagemaker', 'describe_training_job', { TrainingJobName: 'fraud-1' });
    expect(job).toMatchObject({ RoleArn: defaults.RoleArn, ResourceConfig: defaults.ResourceConfig });
  });

  test('starts a training of a queue, and one with another image', async () => {
    const defaults = JSON.parse(await published({ kind: 'batch' })) as Readonly<Record<string, Json>>;
    const { SubmitJob, RegisterJobDefinition } = defaults;
    const first = await moto.call('batch', 'submit_job', { ...SubmitJob, jobName: 'fraud-1' });
    expect(first.jobName).toBe('fraud-1');

    const container = RegisterJobDefinition?.containerProperties as Json;
    const revision = await moto.call('batch', 'register_job_definition', {
      ...RegisterJobDefinition,
      containerProperties: { ...container, image: `${container.image}:2026-11-22` },
    });
    expect(revision.jobDefinitionName).toBe(RegisterJobDefinition?.jobDefinitionName);
    expect(revision.revision).toBe(2);
    const second = { ...SubmitJob, jobDefinition: revision.jobDefinitionArn, jobName: 'fraud-2' };
    expect((await moto.call('batch', 'submit_job', second)).jobName).toBe('fraud-2');
  });

  test('is judged: names, types and values that a service would refuse are found', async () => {
    const params = JSON.parse(await published({ kind: 'managed' })) as Json;
    const of = (change: Json) => ({
      service: 'sagemaker',
      operation: 'CreateTrainingJob',
      params: { ...params, TrainingJobName: 'fraud-1', ...change },
    });
    for (const change of [
      { StoppingCondition: { MaxRuntimeInSecond: 1 } },
      { EnableManagedSpotTraining: 'yes' },
      { AlgorithmSpecification: { TrainingInputMode: 'Fil' } },
      { RoleArn: 'training' },
    ])
      expect(await problems(of(change))).toHaveLength(1);
  });

  test('comes from templates that cfn-lint has nothing to say about', async () => {
    const templates = CLUSTERS.map(([name, cluster]) => ({ name, template: template(cluster) }));
    const findings = await lintTemplates(templates, { region });
    expect(lintLines(findings.filter(({ level }) => level !== 'informational'))).toEqual([]);
  });
});
