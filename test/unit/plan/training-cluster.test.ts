import { describe, expect, it } from 'vitest';
import { awsMachines } from '../../../lib/plan/machines/aws-machines';
import {
  LONGEST_TRAINING,
  planTrainingCluster,
  SPOT_PATIENCE,
  type TrainingClusterPlan,
} from '../../../lib/plan/training-cluster';
import { type TrainingClusterSpec, training } from '../../../lib/spec/training';

const cluster = (written: Record<string, unknown>): TrainingClusterSpec => training.parse({ cluster: written }).cluster;

function planned(written: Record<string, unknown>, region: string | undefined = 'eu-central-1'): TrainingClusterPlan {
  const choice = planTrainingCluster(awsMachines, cluster(written), region);
  if (!choice.ok) throw new Error(choice.findings.map(({ message }) => message).join('; '));
  return choice.plan;
}

function findings(written: Record<string, unknown>, region = 'eu-central-1') {
  const choice = planTrainingCluster(awsMachines, cluster(written), region);
  return choice.ok ? [] : choice.findings;
}

const bought = ({ purchases }: TrainingClusterPlan) =>
  purchases.map(({ capacity, machines }) => [capacity, machines.map(({ name }) => name)]);

const L4 = { type: 'l4', count: 1 };

describe('machines of a cluster', () => {
  it('are the smallest with the accelerator, bought as the spec says', () => {
    expect(bought(planned({ kind: 'managed', accelerator: L4 }))).toEqual([['on-demand', ['g6.xlarge']]]);
    expect(bought(planned({ kind: 'managed', accelerator: L4, capacity: 'spot' }))).toEqual([['spot', ['g6.xlarge']]]);
  });

  it('of a queue fall back from spot to on demand', () => {
    expect(bought(planned({ kind: 'batch', accelerator: L4, capacity: 'spot' }))).toEqual([
      ['spot', ['g6.xlarge']],
      ['on-demand', ['g6.xlarge']],
    ]);
    expect(bought(planned({ kind: 'batch', accelerator: L4 }))).toEqual([['on-demand', ['g6.xlarge']]]);
  });

  it('have stand-ins, all with as many CPUs, so that a ceiling of CPUs is one of machines', () => {
    const plan = planned({ kind: 'batch', machine: 'medium', maxNodes: 7 });
    expect(bought(plan)).toEqual([['on-demand', ['m5.xlarge', 'm7i.xlarge', 'm6i.xlarge']]]);
    expect(plan.ceilingVcpu).toBe(7 * 4);
    for (const accelerator of [L4, { type: 'h200', count: 8 }, { type: 't4', count: 1 }])
      for (const { machines } of planned({ kind: 'batch', accelerator, maxNodes: 3 }, 'us-east-2').purchases)
        expect(new Set(machines.map(({ vcpu }) => vcpu)).size).toBe(1);
  });

  it('are all of one type for trainings of several nodes', () => {
    expect(bought(planned({ kind: 'batch', machine: 'medium', nodes: 2 }))).toEqual([['on-demand', ['m5.xlarge']]]);
  });

  it('are found without a region, for a library that does not know it', () => {
    expect(bought(planned({ kind: 'managed', accelerator: L4 }, undefined))).toEqual([['on-demand', ['g6.xlarge']]]);
    const choice = planTrainingCluster(
      awsMachines,
      cluster({ kind: 'managed', accelerator: { type: 'l4', count: 3 } }),
      undefined,
    );
    expect(choice.ok).toBe(false);
  });
});

describe('limits of a cluster', () => {
  it('give a spot training time to wait and start again, never beyond what a service allows', () => {
    expect(planned({ kind: 'managed', capacity: 'spot', maxRuntime: '3 hours' }).maxWaitSeconds).toBe(
      3 * 3600 * SPOT_PATIENCE,
    );
    for (const maxRuntime of ['1 minute', '14 days', '20 days', '28 days']) {
      const plan = planned({ kind: 'managed', capacity: 'spot', maxRuntime });
      expect(plan.maxWaitSeconds).toBeGreaterThanOrEqual(plan.maxRuntimeSeconds);
      expect(plan.maxWaitSeconds).toBeLessThanOrEqual(LONGEST_TRAINING);
    }
    expect(planned({ kind: 'managed' })).not.toHaveProperty('maxWaitSeconds');
  });

  it('count nodes and attempts only where the cluster has its own machines', () => {
    expect(planned({ kind: 'batch', attempts: 5 })).toMatchObject({ attempts: 5, ceilingVcpu: 16 });
    expect(planned({ kind: 'managed' })).not.toHaveProperty('ceilingVcpu');
    expect(planned({ kind: 'managed' })).not.toHaveProperty('attempts');
  });

  it('round the disk up to whole GiB', () => {
    expect(planned({ kind: 'batch', disk: `${40 * 1024 + 1} MiB` }).diskGib).toBe(41);
  });
});

describe('a cluster that cannot be had', () => {
  it('names what exists instead of an accelerator that the region lacks', () => {
    const [finding] = findings({ kind: 'batch', accelerator: L4 }, 'eu-west-1');
    expect(finding?.path).toEqual(['accelerator']);
    expect(finding?.message).toMatch(/^l4 does not exist for batch in eu-west-1/);
    expect(finding?.allowed).toMatch(/type: t4, count: 1/);
    expect(finding?.allowed).toMatch(/region: eu-central-1/);
  });

  it('has all its faults said at once', () => {
    expect(
      findings({ kind: 'batch', accelerator: L4, capacity: 'spot', nodes: 8, maxNodes: 4 }, 'eu-west-1').map(
        ({ path }) => path[0],
      ),
    ).toEqual(['accelerator', 'capacity', 'nodes']);
  });

  it('is no cluster of several nodes on spot machines of a queue, but one of a managed service is', () => {
    expect(findings({ kind: 'batch', nodes: 2, capacity: 'spot' })).toMatchObject([{ path: ['capacity'] }]);
    expect(findings({ kind: 'managed', nodes: 2, capacity: 'spot' })).toEqual([]);
  });
});
