import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announcedIn, jobsOf, trainingRun } from '../support/batch-training';
import { describeJudge } from '../support/describe-judge';
import { resume, WorkflowsJudge } from '../support/workflows-judge';

/** The longest way there is: too many preemptions, then a machine on demand. */
const REQUEST = trainingRun(
  { accelerator: { type: 'l4' }, capacity: 'spot', attempts: 2 },
  { name: 't' },
  // So short that a run has few calls, each of which is made to fail.
  { outcomes: ['preempted', 'preempted', 'succeeded'], seconds: { queued: 5, scheduled: 20, run: 40 } },
);
const DONE = { 't-s': 'FAILED', 't-d': 'SUCCEEDED' };

describeJudge('workflows', 'faults while a training runs on a batch cluster', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  describe.each([503, 429, 'ConnectionError', 'TimeoutError'] as const)('%s', (code) => {
    test.each([true, false])('passes at each call, whether it took effect or not (%s)', async (afterEffect) => {
      let calls = 0;
      for await (const { call, run } of judge.failEachCall(REQUEST, { code, afterEffect })) {
        calls += 1;
        expect(jobsOf(run), call.method).toEqual(DONE);
        expect(run.executions[0]?.status, call.method).toBe('SUCCEEDED');
        expect(announcedIn(run)).toEqual([]);
      }
      expect(calls).toBeGreaterThan(10);
    });
  });

  test('what lasts is told, and the training goes on when it is started again', async () => {
    for await (const { call, run } of judge.failEachCall(REQUEST, { code: 401 })) {
      const [execution] = run.executions;
      // Giving a lock back is best effort: it expires.
      if (execution?.status === 'SUCCEEDED') expect(call.method).toBe('storage.objects.delete');
      else expect(announcedIn(run), call.method).toEqual([expect.stringMatching(/^training-failed: .*injected fault/)]);
      const again = await judge.run(resume(REQUEST, run, { afterSeconds: 3600 }));
      expect(jobsOf(again), call.method).toEqual(DONE);
      expect(again.executions[0]?.status, call.method).toBe('SUCCEEDED');
    }
  });

  test('a crash after each call leaves a training that goes on, and nothing that another would wait for', async () => {
    for await (const { call, cut } of judge.cutAfterEachCall(REQUEST)) {
      const again = await judge.run(resume(REQUEST, cut));
      expect(again.executions[0]?.status, call.method).toBe('SUCCEEDED');
      expect(jobsOf(again), call.method).toEqual(DONE);
      // A lock of the crashed execution is free again after 15 minutes.
      const other = await judge.run({
        ...resume(REQUEST, again, { afterSeconds: 900 }),
        start: [{ workflow: 'train', argument: { name: 'u' } }],
      });
      expect(other.executions[0]?.status, call.method).toBe('SUCCEEDED');
      expect(other.slept[0], call.method).toBeLessThan(60);
    }
  });
});
