import { describe, expect, it } from 'vitest';
import type { TrainingClusterInput } from '../../../lib/aws/training-cluster/cluster-spec';
import { TrainingCluster, type TrainingClusterProps } from '../../../lib/aws/training-cluster/training-cluster';
import { SpecError } from '../../../lib/spec/problem';
import { training } from '../../../lib/spec/training';
import { nagFindings } from '../../support/nag';
import { testStack } from '../../support/synth';
import { clusterIn, only } from './training-cluster-stack';

const SHAPES: Readonly<Record<string, TrainingClusterInput>> = {
  'managed with disks': { kind: 'managed', nodes: 2 },
  'managed with local storage, spot': { kind: 'managed', accelerator: { type: 'l4' }, capacity: 'spot' },
  'batch, spot': { kind: 'batch', accelerator: { type: 'l4' }, capacity: 'spot' },
  'batch with EFA': { kind: 'batch', accelerator: { type: 'h100', count: 8 }, nodes: 2 },
  'batch with Neuron': { kind: 'batch', accelerator: { type: 'trainium1', count: 16 }, nodes: 2 },
};

function problemsOf(region: string, cluster: unknown) {
  try {
    clusterIn(region, { cluster: cluster as TrainingClusterInput });
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
  throw new Error('no problem');
}

describe('the policy packs', () => {
  it.each(Object.entries(SHAPES))('find nothing to say about %s', (_name, cluster) => {
    expect(nagFindings(clusterIn('us-east-1', { cluster }).stack)).toEqual([]);
  });
});

describe('a stack that does not know where it will live', () => {
  it.each(Object.entries(SHAPES))('has a cluster: %s', (_name, cluster) => {
    const { template } = clusterIn(undefined, { cluster });
    template.resourceCountIs('AWS::ECR::Repository', 1);
    expect(JSON.stringify(template.toJSON())).toContain('"AWS::Region"');
  });
});

describe('a cluster', () => {
  it.each([{}, undefined])('says that it needs a network, when given %j', (props) => {
    expect(() => new TrainingCluster(testStack(), 'Training', props as TrainingClusterProps)).toThrow(
      "Test/Training: 'network' is required",
    );
  });

  it('is the managed one unless said', () => {
    expect(clusterIn('eu-central-1', {}).cluster.plan.kind).toBe('managed');
  });

  it('is the same written or parsed', () => {
    const cluster: TrainingClusterInput = { kind: 'batch', accelerator: { type: 'l4' }, maxRuntime: '12 hours' };
    const parsed = training.parse({ cluster }).cluster;
    const template = (given: typeof cluster | typeof parsed) =>
      clusterIn('eu-central-1', { cluster: given }).template.toJSON();
    expect(template(parsed)).toEqual(template(cluster));
  });

  it('that is wrong says all that is wrong with it, and where', () => {
    const problems = problemsOf('eu-central-1', { kind: 'batch', nodes: 0, maxRuntime: '12', accelerater: {} });
    expect(problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['cluster.nodes', 'cluster.maxRuntime', 'cluster.accelerater']),
    );
    for (const { file } of problems) expect(file).toBe('Test/Training');
  });

  it('that its region lacks says what there is', () => {
    const [problem] = problemsOf('eu-west-1', { kind: 'batch', accelerator: { type: 'l4' } });
    expect(problem).toMatchObject({ path: 'cluster.accelerator', received: '1 × l4, on-demand' });
    expect(problem?.allowed).toContain('accelerator: { type: t4, count: 1 }');
  });

  it('of a queue has no trainings of several nodes on spot machines', () => {
    const [problem] = problemsOf('eu-central-1', { kind: 'batch', nodes: 2, capacity: 'spot' });
    expect(problem?.fix).toContain('on-demand');
  });

  it('keeps its repository, its key and its parameter when it becomes one of the other kind', () => {
    const ids = (cluster: TrainingClusterInput) => {
      const { template } = clusterIn('eu-central-1', { cluster });
      return ['AWS::ECR::Repository', 'AWS::KMS::Key', 'AWS::SSM::Parameter', 'AWS::EC2::SecurityGroup'].map((type) =>
        Object.keys(template.findResources(type)),
      );
    };
    expect(ids({ kind: 'batch' })).toEqual(ids({ kind: 'managed' }));
  });

  it('publishes no more than a parameter holds, even with the longest values in its place', () => {
    const longest = 'arn:aws:iam::111111111111:role/'.length + 64;
    for (const cluster of Object.values(SHAPES)) {
      const { Value } = only(clusterIn('us-east-1', { cluster }).template, 'AWS::SSM::Parameter');
      const parts = (Value as { readonly 'Fn::Join': readonly [string, readonly unknown[]] })['Fn::Join'][1];
      const length = parts.reduce<number>((sum, part) => sum + (typeof part === 'string' ? part.length : longest), 0);
      expect(length).toBeLessThan(4096);
    }
  });
});
