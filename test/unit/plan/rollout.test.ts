import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRollout, ROLLOUT_OUTCOMES, type RolloutPlan } from '../../../lib/plan/rollout';
import { GUARD_SECONDS, LONGEST_ROLLOUT, mostBakes, START_ALLOWANCE } from '../../../lib/spec/rollout-time';
import { GUARDS, serving } from '../../../lib/spec/serving';

const plan = (rollout: object): RolloutPlan => planRollout(serving.parse({ rollout }));

const shares = ({ steps }: RolloutPlan) => steps.map(({ share }) => share);

describe('the steps of a rollout', () => {
  it('of a canary are its share and all', () => {
    expect(shares(plan({ strategy: 'canary', size: '10%' }))).toEqual([10, 100]);
    expect(shares(plan({ strategy: 'canary', size: '30%' }))).toEqual([30, 100]);
  });

  it('of a linear rollout are equal, and what is left', () => {
    expect(shares(plan({ strategy: 'linear', step: '10%' }))).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    expect(shares(plan({ strategy: 'linear', step: '30%' }))).toEqual([30, 60, 90, 100]);
    expect(shares(plan({ strategy: 'linear', step: '50%' }))).toEqual([50, 100]);
  });

  it('all at once is one step, of one machine too', () => {
    expect(plan({ strategy: 'allAtOnce', bake: '7 minutes', guards: ['errorRate'] })).toEqual({
      strategy: 'allAtOnce',
      variant: 'main',
      steps: [{ share: 100, waitSeconds: 420, guards: ['errorRate'] }],
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

describe('every rollout', () => {
  it('moves ever more, by what was asked for and no more, in the end all', () => {
    fc.assert(
      fc.property(rollouts, (rollout) => {
        const [first = 0, ...others] = shares(plan(rollout));
        const asked = 'size' in rollout ? rollout.size : 'step' in rollout ? rollout.step : '100%';
        expect(`${first}%`).toBe(asked);
        let before = first;
        for (const share of others) {
          expect(share).toBeGreaterThan(before);
          if (rollout.strategy === 'linear') expect(share - before).toBeLessThanOrEqual(first);
          before = share;
        }
        expect(before).toBe(100);
      }),
    );
  });

  it('leaves a part behind at its first step, unless it moves all at once', () => {
    fc.assert(
      fc.property(rollouts, (rollout) => {
        const { steps, strategy } = plan(rollout);
        expect(steps.length > 1).toBe(strategy !== 'allAtOnce');
      }),
    );
  });

  it('is watched by its guards at each step, for as long as they need', () => {
    fc.assert(
      fc.property(rollouts, bakes, (rollout, seconds) => {
        const { steps, terminationWaitSeconds } = plan({ ...rollout, bake: `${seconds} seconds` });
        for (const step of steps) {
          expect(step.guards).toEqual(rollout.guards);
          expect(step.waitSeconds).toBe(seconds);
          expect(step.waitSeconds).toBeGreaterThanOrEqual(GUARD_SECONDS);
        }
        expect(terminationWaitSeconds).toBe(steps.at(-1)?.waitSeconds);
      }),
    );
  });

  it('has time for its waits', () => {
    fc.assert(
      fc.property(rollouts, bakes, (rollout, seconds) => {
        const { steps, terminationWaitSeconds, maximumSeconds } = plan({ ...rollout, bake: `${seconds} seconds` });
        const waits = steps.reduce((sum, { waitSeconds }) => sum + waitSeconds, terminationWaitSeconds);
        expect(maximumSeconds - START_ALLOWANCE).toBeGreaterThanOrEqual(waits);
      }),
    );
  });

  it('keeps the limits of the service, when its waits are within those of the spec', () => {
    fc.assert(
      fc.property(rollouts, bakes, (rollout, seconds) => {
        const written = { ...rollout, bake: `${seconds} seconds` };
        const parsed = serving.parse({ rollout: written }).rollout;
        fc.pre(mostBakes(parsed) * seconds + START_ALLOWANCE <= LONGEST_ROLLOUT);
        const { steps, terminationWaitSeconds, maximumSeconds } = plan(written);
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
