import { describe, expect, it } from 'vitest';
import { PlatformNames } from '../../../lib/plan/names';
import {
  COLLECTOR_SIGNALS,
  planCollection,
  planCollectorAccess,
  planCollectorSignals,
  snapshotGraceSeconds,
} from '../../../lib/plan/pipeline/snapshot-collection';
import { EVERY_KIND, loadedPipeline } from '../../support/pipeline-spec';

const NAMES = new PlatformNames('fraud');
const DAY = 86_400;
const step = (days: number, retries = 0) => ({ maxRuntimeSeconds: days * DAY, retries });
const grace = (...pipelines: readonly (readonly ReturnType<typeof step>[])[]) =>
  snapshotGraceSeconds(pipelines.map((steps) => ({ steps: steps as never }))) / DAY;

describe('the grace of snapshots', () => {
  it('is whole months, and longer than twice what the slowest run of any pipeline may take with all its retries', () => {
    expect(grace()).toBe(30);
    expect(grace([step(1), step(2)], [step(14)])).toBe(30);
    expect(grace([step(1)], [step(1), step(14)])).toBe(60);
    expect(grace([step(5, 2), step(28)])).toBe(90);
  });
});

describe('the collection of snapshots', () => {
  const { models } = loadedPipeline(EVERY_KIND);
  const entries = (verb: string) =>
    planCollectorAccess(models, NAMES)
      .filter((edge) => edge.verb === verb)
      .map(({ workload, kind, name }) => `${workload}: ${kind} ${name}`);

  it('is there where something is frozen, and nothing of it elsewhere', () => {
    expect(planCollection(models, NAMES)?.graceSeconds).toBeGreaterThanOrEqual(30 * DAY);
    expect(planCollectorSignals(models, NAMES)).toEqual(Object.values(COLLECTOR_SIGNALS));
    for (const none of [{}, { detector: { ...models.detector, pipeline: undefined } as never }]) {
      expect(planCollection(none, NAMES)).toBeUndefined();
      expect(planCollectorAccess(none, NAMES)).toEqual([]);
      expect(planCollectorSignals(none, NAMES)).toEqual([]);
    }
  });

  it('is there where only a look for drift freezes', () => {
    const watched = { monitoring: { drift: { reference: 'transactions' } } } as never;
    expect(planCollection({ detector: watched }, NAMES)?.graceSeconds).toBe(30 * DAY);
  });

  it('reads all versions, and deletes nothing but snapshots', () => {
    expect(entries('read')).toEqual(['collector: model *']);
    expect(entries('write')).toEqual(['collector: prefix snapshots', 'collector: log collector']);
    expect(entries('start')).toEqual(['collector-trigger: machine collector']);
    expect(entries('send')).toEqual(['collector-trigger: queue snapshots']);
  });
});
