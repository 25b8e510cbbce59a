import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRollout, ROLLOUT_OUTCOMES, type RolloutPlan } from '../../../lib/plan/rollout';
import { GUARD_SECONDS, LONGEST_ROLLOUT, mostBakes, START_ALLOWANCE } from '../../../lib/spec/rollout-time';
import { GUARDS, MAX_REPLICAS, serving } from '../../../lib/spec/serving';

const plan = (rollout: object, min = 2): RolloutPlan =>
  planRollout(serving.parse({ replicas: { min, max: MAX_REPLICAS }, rollout }));

const shares = ({ steps }: RolloutPlan) => steps.map(({ requested, effective }) => [requested, effective]);

describe('the steps of a rollout', () => {
  it('of a canary are its share, in whole machines, and all', () => {
    expect(shares(plan({ strategy: 'canary', size: '10%' }))).toEqual([
      [10, 50],
      [100, 100],
    ]);
    expect(shares(plan({ strategy: 'canary', size: '10%' }, 20))).toEqual([
      [10, 10],
      [100, 100],
    ]);
    expect(shares(plan({ strategy: 'canary', size: '30%' }, 4))).toEqual([
      [30, 50],
      [100, 100],
    ]);
  });

  it('of a linear rollout are equal batches of whole machines', () => {
    expect(shares(plan({ strategy: 'linear', step: '10%' }, 2))).toEqual([
      [10, 50],
      [100, 100],
    ]);
    expect(shares(plan({ strategy: 'linear', step: '20%' }, 10))).toEqual([
      [20, 20],
      [40, 40],
      [60, 60],
      [80, 80],
      [100, 100],
    ]);
    expect(plan({ strategy: 'linear', step: '30%' }, 10).steps.map(({ replicas }) => replicas)).toEqual([3, 6, 9, 10]);
    expect(plan({ strategy: 'linear', step: '30%' }, 3).steps.map(({ replicas }) => replicas)).toEqual([1, 2, 3]);
  });

  it('all at once is one step, of one machine too', () => {
    expect(plan({ strategy: 'allAtOnce', bake: '7 minutes', guards: ['errorRate'] }, 1)).toEqual({
      strategy: 'allAtOnce',
      variant: 'main',
      steps: [{ requested: 100, effective: 100, replicas: 1, waitSeconds: 420, guards: ['errorRate'] }],
      terminationWaitSeconds: 420,
      maximumSeconds: 2 * 420 + START_ALLOWANCE,
    });
  });
});

const share = (min: number, max: number) => fc.integer({ min, max }).map((n) => `${n}%`);
const guards = fc.subarray([...GUARDS], { minLength: 1 });
const rollouts = fc.oneof(
  fc.record({ strategy: fc.constant('canary'), size: share(1, 50), guards }),
  fc.record({ strategy: fc.constant('linear'), step: share(10, 50), guards }),
  fc.record({ strategy: fc.constant('allAtOnce'), guards }),
);
const bakes = fc.integer({ min: GUARD_SECONDS, max: 3600 });
const fleets = fc.integer({ min: 2, max: MAX_REPLICAS });

describe('every rollout', () => {
  it('moves whole machines, never fewer than asked for, ever more, in the end all', () => {
    fc.assert(
      fc.property(rollouts, fleets, (rollout, fleet) => {
        const { steps } = plan(rollout, fleet);
        let before = { requested: 0, effective: 0, replicas: 0 };
        for (const step of steps) {
          expect(Number.isInteger(step.replicas)).toBe(true);
          expect(step.effective).toBeCloseTo((100 * step.replicas) / fleet, 9);
          expect(step.effective).toBeGreaterThanOrEqual(step.requested);
          expect(step.replicas).toBeGreaterThan(before.replicas);
          expect(step.effective).toBeGreaterThan(before.effective);
          expect(step.requested).toBeGreaterThan(before.requested);
          before = step;
        }
        expect(before).toMatchObject({ requested: 100, effective: 100, replicas: fleet });
      }),
    );
  });

  it('moves no machine more than it has to', () => {
    fc.assert(
      fc.property(rollouts, fleets, (rollout, fleet) => {
        const [first] = plan(rollout, fleet).steps;
        if (first === undefined) throw new Error('no step');
        expect(((first.replicas - 1) * 100) / fleet).toBeLessThan(first.requested);
      }),
    );
  });

  it('leaves a part behind at its first step, unless it moves all at once', () => {
    fc.assert(
      fc.property(rollouts, fleets, (rollout, fleet) => {
        const { steps, strategy } = plan(rollout, fleet);
        expect(steps.length > 1).toBe(strategy !== 'allAtOnce');
      }),
    );
  });

  it('is watched by its guards at each step, for as long as they need', () => {
    fc.assert(
      fc.property(rollouts, bakes, fleets, (rollout, seconds, fleet) => {
        const { steps, terminationWaitSeconds } = plan({ ...rollout, bake: `${seconds} seconds` }, fleet);
        for (const step of steps) {
          expect(step.guards).toEqual(rollout.guards);
          expect(step.waitSeconds).toBe(seconds);
          expect(step.waitSeconds).toBeGreaterThanOrEqual(GUARD_SECONDS);
        }
        expect(terminationWaitSeconds).toBe(steps.at(-1)?.waitSeconds);
      }),
    );
  });

  it('has time for its waits on a fleet of any size, whatever was planned for the smallest', () => {
    fc.assert(
      fc.property(rollouts, bakes, fleets, fleets, (rollout, seconds, fleet, grown) => {
        const written = { ...rollout, bake: `${seconds} seconds` };
        const { maximumSeconds } = plan(written, fleet);
        const { steps, terminationWaitSeconds } = plan(written, grown);
        const waits = steps.reduce((sum, { waitSeconds }) => sum + waitSeconds, terminationWaitSeconds);
        expect(maximumSeconds - START_ALLOWANCE).toBeGreaterThanOrEqual(waits);
      }),
    );
  });

  it('keeps the limits of the service, when its waits are within those of the spec', () => {
    fc.assert(
      fc.property(rollouts, bakes, fleets, (rollout, seconds, fleet) => {
        const written = { ...rollout, bake: `${seconds} seconds` };
        const parsed = serving.parse({ rollout: written }).rollout;
        fc.pre(mostBakes(parsed) * seconds + START_ALLOWANCE <= LONGEST_ROLLOUT);
        const { steps, terminationWaitSeconds, maximumSeconds } = plan(written, fleet);
        for (const wait of [...steps.map(({ waitSeconds }) => waitSeconds), terminationWaitSeconds]) {
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThanOrEqual(3600);
        }
        expect(maximumSeconds).toBeGreaterThanOrEqual(600);
        expect(maximumSeconds).toBeLessThanOrEqual(28_800);
      }),
    );
  });
});

describe('outcomes', () => {
  it('say what serves; only where nobody could see may they leave that open', () => {
    const open = Object.entries(ROLLOUT_OUTCOMES).filter(([, serves]) => serves === 'unknown');
    expect(open.map(([outcome]) => outcome)).toEqual(['rollback-failed', 'unfinished']);
    expect(ROLLOUT_OUTCOMES['rolled-back']).toBe('before');
    expect(ROLLOUT_OUTCOMES['failed-first']).toBe('nothing');
  });
});
