import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { callNames, WorkflowsJudge, type WorkflowsRequest, type WorkflowsRun } from '../support/workflows-judge';
import { approvalOf, later, left, reportOf, request, START, said } from './gcp-rollout-world';

/** Where an execution crashes: before it deployed anything, with what it deployed on its way, and with a part of the traffic. */
const STEPS = ['is_begun', 'deployed', 'mark_step', 'bake'];

/** Requests that come to nothing themselves. */
const OTHERS = {
  'a version that is not there': { argument: { version: 999 } },
  'a decision that was carried out before': { argument: approvalOf(5) },
  'a decision that is over': { argument: approvalOf(4, START - 20_000), versions: { 4: 'approved' } },
} as const;

describeJudge('workflows', 'what an execution left that crashed, on Google Cloud', () => {
  let judge: WorkflowsJudge;
  let first: WorkflowsRun;
  let asked: WorkflowsRequest;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
    first = await judge.run(request());
    asked = later(first, { approved: 6 });
  });
  afterAll(() => judge?.close());

  const cut = (crashBeforeStep: string, from = asked) => judge.run({ ...from, faults: [{ crashBeforeStep }] });

  describe('is still gone on with, or taken back, after', () => {
    for (const [name, what] of Object.entries(OTHERS)) {
      test(name, async () => {
        for (const step of STEPS) {
          const crashed = await cut(step);
          const other = await judge.run(later(crashed, { ...what, afterSeconds: 1200 }));
          expect(left(other).record?.trying, step).toEqual(left(crashed).record?.trying);
          expect(left(other).traffic, step).toEqual(left(crashed).traffic);

          const { argument } = asked.start[0] ?? {};
          const well = await judge.run(later(other, { argument }));
          expect(left(well), step).toMatchObject({ traffic: { 6: 100 }, deployed: ['6'], locks: [] });
          const ill = await judge.run(later(other, { argument, behaviours: { 6: { errors: 0.5 } } }));
          expect(left(ill), step).toMatchObject({ traffic: { 5: 100 }, deployed: ['5'], locks: [] });
          expect(left(ill).record, step).not.toHaveProperty('trying');
        }
      });
    }

    test('what it would go back to is there still, where all traffic had moved', async () => {
      const crashed = await cut('promote_it');
      expect(left(crashed).traffic).toEqual({ 6: 100 });
      const other = await judge.run(later(crashed, { argument: approvalOf(5), afterSeconds: 1200 }));
      expect(left(other).deployed).toEqual(['5', '6']);
      const { argument } = asked.start[0] ?? {};
      const ill = await judge.run(later(other, { argument, behaviours: { 6: { errors: 0.5 } } }));
      expect(left(ill)).toMatchObject({ traffic: { 5: 100 }, deployed: ['5'], locks: [] });
      expect(said(ill).announced).toEqual(['rolled-back']);
    });

    test('what is deployed without traffic is not taken away meanwhile', async () => {
      const other = await judge.run(later(await cut('deployed'), { argument: approvalOf(5), afterSeconds: 1200 }));
      expect(left(other).deployed).toEqual(['5', '6']);
    });
  });

  describe('is what a person means who asks to go back', () => {
    const rollback = { argument: { action: 'rollback' }, afterSeconds: 1200 };

    test('wherever it crashed, and nothing else is touched', async () => {
      for (const step of STEPS) {
        const run = await judge.run(later(await cut(step), rollback));
        expect(reportOf(run.executions[0]), step).toMatchObject({ outcome: 'noop', version: '6' });
        expect(left(run), step).toMatchObject({
          traffic: { 5: 100 },
          deployed: ['5'],
          aliases: { champion: '5' },
          locks: [],
        });
        expect(left(run).record, step).not.toHaveProperty('trying');
        const again = await judge.run(later(run, { argument: asked.start[0]?.argument }));
        expect(reportOf(again.executions[0])?.outcome, step).toBe('superseded');
      }
    });

    test('also where a version served before the one that serves', async () => {
      const second = await judge.run(asked);
      const crashed = await cut('bake', later(second, { approved: 7 }));
      const run = await judge.run(later(crashed, rollback));
      expect(left(run)).toMatchObject({ traffic: { 6: 100 }, deployed: ['6'], aliases: { champion: '6' } });
    });

    test('also where the version that serves is named, which is not deployed again', async () => {
      for (const step of STEPS) {
        const named = { argument: { action: 'rollback', version: '5' }, afterSeconds: 1200 };
        const run = await judge.run(later(await cut(step), named));
        expect(reportOf(run.executions[0])?.outcome, step).toBe('noop');
        expect(left(run), step).toMatchObject({ traffic: { 5: 100 }, deployed: ['5'], locks: [] });
        expect(left(run).record, step).not.toHaveProperty('trying');
        expect(
          callNames(run).filter((name) => name.endsWith('.deployModel')),
          step,
        ).toEqual([]);
      }
    });

    test('and says so when it cannot be taken back', async () => {
      const crashed = await cut('bake');
      const faults = [{ method: 'endpoints.patch', code: 403 } as const];
      const run = await judge.run(later(crashed, { ...rollback, rest: { faults } }));
      expect(said(run).announced).toEqual(['rollback-failed']);
      expect(left(run).record?.trying).toMatchObject({ version: '6' });
      expect(left(await judge.run(later(run, rollback)))).toMatchObject({ traffic: { 5: 100 }, deployed: ['5'] });
    });
  });

  test('is not forgotten by a version that is not to be rolled out, where it cannot be taken back', async () => {
    const crashed = await cut('bake');
    const argument = { version: 7 };
    const faults = [{ method: 'endpoints.patch', code: 403 } as const];
    const run = await judge.run(
      later(crashed, { argument, versions: { 7: 'pending' }, afterSeconds: 1200, rest: { faults } }),
    );
    expect(reportOf(run.executions[0])?.outcome).toBe('withdrawn');
    expect(left(run).record?.trying).toMatchObject({ version: '6' });
  });
});
