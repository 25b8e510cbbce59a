import { describe, expect, it } from 'vitest';
import { PlatformNames } from '../../../lib/plan/names';
import { CARRIERS, PLACES_VARIABLE } from '../../../lib/plan/pipeline/aws-cluster-carriers';
import { largestDefinition, longestOverrides, OVERRIDES_OF_BATCH } from '../../../lib/plan/pipeline/aws-cluster-size';
import { planPipeline } from '../../../lib/plan/pipeline/pipeline-plan';
import { snapshotParameter } from '../../../lib/plan/pipeline/run-parameters';
import { type ClusterStep, isClusterStep } from '../../../lib/plan/pipeline/step-plan';
import { jobOn } from '../../support/cluster-job';
import { deployedPipeline, withValues } from '../../support/large-pipeline';
import { loadedPipeline, ON_CLUSTER, plannedPipeline, WITH_CLUSTER } from '../../support/pipeline-spec';

/** As long as names of their kinds become. */
const LONGEST = {
  image: `111111111111.dkr.ecr.cn-northwest-1.amazonaws.com.cn/${'r'.repeat(63)}:${'t'.repeat(128)}`,
  carrier: {
    imageUri: `111111111111.dkr.ecr.cn-northwest-1.amazonaws.com.cn/sagemaker-scikit-learn:${'t'.repeat(40)}`,
    codeUri: `s3://${'b'.repeat(63)}/${'j'.repeat(30)}/${'f'.repeat(64)}.zip`,
  },
  jobRoleArn: `arn:aws-cn:iam::111111111111:role/${'r'.repeat(64)}`,
  executionRoleArn: `arn:aws-cn:iam::111111111111:role/${'r'.repeat(64)}`,
  logGroupName: `/mlops/${'s'.repeat(37)}/training`,
};

const [ON_ONE] = plannedPipeline(ON_CLUSTER, WITH_CLUSTER).steps.filter(isClusterStep);
if (ON_ONE === undefined) throw new Error('the step was lost');

/** A step with so many parameters of one value. */
const stepWith = (count: number, value: string): ClusterStep => ({
  ...ON_ONE,
  name: 's'.repeat(32),
  parameters: Array.from({ length: count }, (_, i) => ({ argument: `p-${i}`, value })),
});

describe('the job definition of a step on the cluster', () => {
  it.each([
    ['cn-northwest-1', { machine: 'large' }],
    ['cn-northwest-1', { machine: 'large', nodes: 100, maxNodes: 100 }],
    ['us-east-1', { accelerator: { type: 'h100', count: 8 }, nodes: 100, maxNodes: 100 }],
    ['us-east-2', { accelerator: { type: 'trainium2', count: 16 } }],
    ['us-east-2', { accelerator: { type: 'trainium2', count: 16 }, nodes: 100, maxNodes: 100 }],
  ])('in %s on %o is as large as the plan reckons, or less', (region, cluster) => {
    for (const step of [stepWith(0, ''), stepWith(60, 'x'.repeat(256)), stepWith(60, '"ü\u0001'.repeat(60))]) {
      const { job } = jobOn(cluster, { ...LONGEST, region, step });
      const bytes = Buffer.byteLength(JSON.stringify({ jobDefinitionName: 'd'.repeat(128), ...job }));
      const reckoned = largestDefinition(step, { nodes: 1, ...cluster });
      expect(reckoned - bytes, 'and not much less').toBeLessThan(2000);
      expect(bytes).toBeLessThanOrEqual(reckoned);
    }
  });
});

describe('what carriers are told', () => {
  it('is as long as the plan reckons', () => {
    const region = 'ap-southeast-1';
    const long = (letter: string) => letter.repeat(32);
    const [prepare, base, first, train, output] = [long('p'), long('b'), long('f'), long('t'), long('o')];
    const dataset = 'd'.repeat(64);
    const inputs = { a: dataset, b: `${prepare}.${output}`, c: `${base}.${output}`, [long('d')]: `${first}.${output}` };
    const rest = { inputs: { data: dataset }, outputs: [output] };
    const spec = loadedPipeline(
      {
        image: 'a-1',
        steps: {
          [prepare]: { kind: 'processing', ...rest },
          [base]: { kind: 'training', ...rest },
          [first]: { kind: 'cluster-training', ...rest },
          [train]: { kind: 'cluster-training', inputs, outputs: [output] },
          score: { kind: 'prediction', inputs: { model: `${train}.${output}` } },
        },
      },
      {
        name: 'n'.repeat(24),
        aws: { account: '111111111111', region },
        gcp: undefined,
        dataLake: { zones: { curated: {} }, datasets: { [dataset]: { zone: 'curated', columns: { id: 'string' } } } },
        training: { cluster: { kind: 'batch', machine: 'large' } },
      },
    );
    const { pipeline = missing() } = spec.models.detector ?? missing();
    const names = new PlatformNames(spec.name);
    const plan = planPipeline('detector', pipeline, names);
    const step = plan.steps.filter(isClusterStep).find(({ name }) => name === train) ?? missing();

    const bucket = `s3://${spec.name}-artifacts-111111111111-${region}`;
    const run = `run-${'0'.repeat(16)}`;
    const made = (name: string) => `${bucket}/pipelines/detector/${run}/${name}`;
    const { Arguments } = deployedPipeline(spec).document.Steps.find(({ Name }) => Name === train) ?? missing();
    const {
      output: to,
      checkpoints,
      ...told
    } = withValues(Arguments, {
      'run-id': run,
      [snapshotParameter(dataset)]: `${bucket}/snapshots/${dataset}/${'9'.repeat(19)}/${'f'.repeat(16)}/`,
      [`Steps.${prepare}.ProcessingOutputConfig.Outputs['${output}'].S3Output.S3Uri`]: made(`${prepare}/${output}`),
      [`Steps.${base}.OutputDataConfig.S3OutputPath`]: made(base),
      [`Steps.${base}.TrainingJobName`]: 'j'.repeat(63),
      [`Steps.${first}.OutputParameters['folder']`]: made(`${first}/${output}`),
    }) as Readonly<Record<string, string>>;
    const read = Object.entries(told).flatMap(([name, uri]) =>
      name.startsWith('input-') ? [[name.slice('input-'.length), uri] as const] : [],
    );
    expect(read.map(([name]) => name)).toEqual(Object.keys(inputs));
    expect([to, checkpoints, ...read.map(([, uri]) => uri)].filter((uri) => typeof uri !== 'string')).toEqual([]);
    const places = { inputs: Object.fromEntries(read), outputs: { [output]: to }, checkpoints };
    const overrides = CARRIERS.map((name) => ({
      name,
      environment: [
        { name: PLACES_VARIABLE, value: JSON.stringify(name === 'fetch' ? places : { ...places, inputs: {} }) },
      ],
    }));
    expect(longestOverrides(plan, step, names, region) - OVERRIDES_OF_BATCH).toBe(
      JSON.stringify({ containerOverrides: overrides }).length,
    );
  });
});

function missing(): never {
  throw new Error('something was lost');
}
