import { describe, expect, it } from 'vitest';
import { followedSeconds } from '../../../lib/aws/training-pipeline/machine/start-props';
import { attemptsOf } from '../../../lib/gcp/training-cluster/machine/batch-props';
import { PlatformNames } from '../../../lib/plan/names';
import { planPipelines } from '../../../lib/plan/pipeline/pipeline-plan';
import {
  COLLECTOR_SIGNALS,
  planCollection,
  planCollectorAccess,
  planCollectorSignals,
  snapshotGraceSeconds,
} from '../../../lib/plan/pipeline/snapshot-collection';
import { EVERY_KIND, loadedPipeline, ON_CLUSTER, WITH_CLUSTER } from '../../support/pipeline-spec';

const NAMES = new PlatformNames('fraud');
const DAY = 86_400;
const step = (days: number, retries = 0, capacity = 'on-demand') => ({
  kind: 'training',
  maxRuntimeSeconds: days * DAY,
  retries,
  machines: { capacity },
});
const grace = (...pipelines: readonly (readonly ReturnType<typeof step>[])[]) =>
  snapshotGraceSeconds(pipelines.map((steps) => ({ steps: steps as never }))) / DAY;

describe('the grace of snapshots', () => {
  it('is whole months, and longer than twice what the slowest run of any pipeline may take with all its retries', () => {
    expect(grace()).toBe(30);
    expect(grace([step(1), step(2)], [step(14)])).toBe(30);
    expect(grace([step(1)], [step(1), step(14)])).toBe(60);
    expect(grace([step(5, 2), step(28)])).toBe(90);
    expect(grace([step(10, 0, 'spot')])).toBe(60);
  });

  it.each([
    ['on-demand', 2],
    ['spot', 1],
  ] as const)('counts what the machines of either cloud allow a step on the batch cluster, %s', (capacity, nodes) => {
    const cluster = { ...WITH_CLUSTER.training.cluster, capacity, attempts: 10, nodes, maxNodes: 4 } as const;
    const pipeline = {
      ...ON_CLUSTER,
      steps: { ...ON_CLUSTER.steps, train: { ...ON_CLUSTER.steps.train, maxRuntime: '6 days', retries: 2 } },
    };
    const { models, training } = loadedPipeline(pipeline, { training: { cluster } });
    const seconds = planCollection({ models, training }, NAMES)?.graceSeconds ?? 0;
    const steps = planPipelines(models, NAMES).detector?.steps ?? [];
    const aws = followedSeconds(steps, { attempts: 10 });
    const ways = capacity === 'spot' ? (['spot', 'on-demand'] as const) : (['on-demand'] as const);
    const jobs = attemptsOf({
      plan: { attempts: 10, nodes } as never,
      ways: ways.map((bought) => ({ capacity: bought, template: '' })),
    });
    const google = 3 * jobs.reduce((sum, { patience, retries }) => sum + patience + (retries + 1) * 6 * DAY, 0);
    expect(seconds).toBeGreaterThan(2 * aws);
    expect(seconds).toBeGreaterThan(2 * google);
  });
});

describe('the collection of snapshots', () => {
  const { models } = loadedPipeline(EVERY_KIND);
  const entries = (verb: string) =>
    planCollectorAccess(models, NAMES)
      .filter((edge) => edge.verb === verb)
      .map(({ workload, kind, name }) => `${workload}: ${kind} ${name}`);

  it('is there where something is frozen, and nothing of it elsewhere', () => {
    expect(planCollection({ models }, NAMES)?.graceSeconds).toBeGreaterThanOrEqual(30 * DAY);
    expect(planCollectorSignals(models, NAMES)).toEqual(Object.values(COLLECTOR_SIGNALS));
    for (const none of [{}, { detector: { ...models.detector, pipeline: undefined } as never }]) {
      expect(planCollection({ models: none }, NAMES)).toBeUndefined();
      expect(planCollectorAccess(none, NAMES)).toEqual([]);
      expect(planCollectorSignals(none, NAMES)).toEqual([]);
    }
  });

  it('is there where only a look for drift freezes', () => {
    const watched = { monitoring: { drift: { reference: 'transactions' } } } as never;
    expect(planCollection({ models: { detector: watched } }, NAMES)?.graceSeconds).toBe(30 * DAY);
  });

  it('reads all versions, and deletes nothing but snapshots', () => {
    expect(entries('read')).toEqual(['collector: model *']);
    expect(entries('write')).toEqual(['collector: prefix snapshots', 'collector: log collector']);
    expect(entries('start')).toEqual(['collector-trigger: machine collector']);
    expect(entries('send')).toEqual(['collector-trigger: queue snapshots']);
  });
});
