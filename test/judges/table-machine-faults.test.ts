import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCK_TTL_SECONDS, LOCK_WAIT_SECONDS, TIMEOUT_SECONDS } from '../../lib/aws/data-lake/machine/machine-props';
import { AslJudge, type AslRequest, type AslRun, callNames, resume } from '../support/asl-judge';
import { outcomeOf } from '../support/asl-outcome';
import { describeJudge } from '../support/describe-judge';
import { columns, desired, left, request, type Situation } from './table-machine';

/** A call that still fails after its last retry. */
const ATTEMPTS = 6;
/** A code that any call may end with. */
const DENIED = { code: 'AccessDeniedException', message: 'not yours' };
const START = Date.parse('2026-01-01T00:00:00Z') / 1000;

/** Two ways to the same table: from nothing, and by every kind of change at once. */
const GOAL = desired({
  columns: { card_id: 'string', n: 'bigint', price: 'decimal(12,2)', ts: 'timestamp' },
  partitionBy: ['bucket(4, card_id)'],
});
const CREATING: Situation = { desired: GOAL };
const CHANGING: Situation = {
  desired: GOAL,
  table: {
    columns: columns('card_id string', 'n int', 'price decimal(12,2)'),
    partitionBy: [{ field: 'card_id_bucket', transform: 'bucket[4]', column: 'card_id' }],
  },
};

function expectGoal(run: AslRun): void {
  expect(run).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'settled' } });
  const after = left(run);
  expect(after.columns).toEqual(GOAL.columns);
  expect(after.partitionBy).toEqual(['bucket[4] card_id']);
  expect(Object.keys(after.optimizers)).toEqual(['compaction', 'retention', 'orphan_file_deletion']);
  expect(after.announced.at(-1)).toBe('table-changed');
  expect(after.locks).toEqual([]);
}

describeJudge('asl', 'the table machine, when something goes wrong', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());
  const run = async (situation: Situation, rest: Partial<AslRequest> = {}) => judge.run(request(situation, rest));
  const another = (req: AslRequest, run: AslRun, afterSeconds: number): AslRequest => ({
    ...resume(req, run, { afterSeconds }),
    execution: { name: 'another' },
  });

  describe.each([
    ['a table is created', CREATING],
    ['a table is changed', CHANGING],
  ] as const)('while %s', (_, situation) => {
    test('a call that fails once is only tried again', async () => {
      for await (const { call, run: shaken } of judge.failEachCall(request(situation), DENIED)) {
        expectGoal(shaken);
        expect(shaken.retries, call.operation).toHaveLength(1);
        expect(left(shaken).announced).toEqual(['table-changed']);
      }
    });

    test('a call whose answer is lost leads to the same table', async () => {
      const lost = { ...DENIED, afterEffect: true };
      for await (const { call, run: shaken } of judge.failEachCall(request(situation), lost)) {
        expectGoal(shaken);
        // A message that was published may be published again; a statement runs once, thanks to its token.
        expect(left(shaken).announced).toHaveLength(call.operation === 'Publish' ? 2 : 1);
        expect(new Set(left(shaken).statements).size).toBe(left(shaken).statements.length);
      }
    });

    test('a call that keeps failing is announced, the lock is free, and the next run gets there', async () => {
      const whole = request(situation);
      const { calls } = await judge.run(whole);
      for (const [index, { operation }] of calls.entries()) {
        const faults = Array.from({ length: ATTEMPTS }, (_, attempt) => ({ ...DENIED, atCall: index + 1 + attempt }));
        const failed = await judge.run({ ...whole, faults });
        const after = left(failed);
        if (operation === 'Publish') expect(failed).toMatchObject({ status: 'FAILED', error: 'NotAnnounced' });
        else if (operation === 'DeleteItem') expect(outcomeOf(failed).outcome).toBe('settled');
        else {
          expect(failed).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
          expect(outcomeOf(failed).detail, operation).toContain('not yours');
          expect(after.announced).toEqual(['table-failed']);
        }
        expect(after.locks).toHaveLength(operation === 'DeleteItem' ? 1 : 0);
        expectGoal(await judge.run(another(whole, failed, 60)));
      }
    });

    test('after a crash anywhere the next event gets there', async () => {
      const whole = request(situation);
      for await (const { cut } of judge.cutAfterEachCall(whole)) {
        expect(cut.status).toBe('CRASHED');
        expectGoal(await judge.run(another(whole, cut, LOCK_TTL_SECONDS - 2 * LOCK_WAIT_SECONDS)));
      }
    });
  });

  describe('at the lock', () => {
    test('waits while another execution holds it, and calls nothing else', async () => {
      const waited = await run({ ...CREATING, lockedUntil: START + 600 });
      expectGoal(waited);
      const first = waited.calls.findIndex(({ error, operation }) => operation === 'PutItem' && error === undefined);
      expect(first).toBeGreaterThan(5);
      expect(new Set(callNames(waited).slice(0, first))).toEqual(new Set(['dynamodb:PutItem']));
      expect(Date.parse(waited.calls[first]?.at ?? '') / 1000).toBeGreaterThan(START + 600);
    });

    test('takes one that has expired', async () => {
      const taken = await run({ ...CREATING, lockedUntil: START - 1 });
      expectGoal(taken);
      expect(taken.waits).not.toContain(LOCK_WAIT_SECONDS);
    });

    test('runs out of time rather than break one that never expires', async () => {
      const late = await run({ ...CREATING, lockedUntil: START + 10 * TIMEOUT_SECONDS });
      expect(late.status).toBe('TIMED_OUT');
      expect(left(late)).toMatchObject({ columns: undefined, announced: [] });
      expect(left(late).locks).toHaveLength(1);
    });

    test('outlives a lock that a crashed execution took just before', async () => {
      const crashed = await run(CREATING, { faults: [{ crashAfterCall: 2 }] });
      const next = await judge.run(another(request(CREATING), crashed, 0));
      expectGoal(next);
      expect(LOCK_TTL_SECONDS).toBeLessThan(TIMEOUT_SECONDS / 2);
    });

    test('renews it before every statement, so that no holder loses it while it works', async () => {
      const table = { ...CHANGING.table, columns: columns('card_id string', 'n int', 'price decimal(10,2)') };
      const { calls } = await run({ ...CHANGING, table, seconds: 290 });
      const renewals = calls.filter(({ operation }) => operation === 'PutItem').map(({ at }) => Date.parse(at) / 1000);
      const end = Date.parse(calls.at(-1)?.at ?? '') / 1000;
      const held = [...renewals.slice(1), end].map((at, i) => at - (renewals[i] ?? 0));
      expect(end - START).toBeGreaterThan(LOCK_TTL_SECONDS);
      expect(Math.max(...held)).toBeLessThan(LOCK_TTL_SECONDS);
    });
  });

  describe('with Athena', () => {
    test('a statement that fails now and then is tried again', async () => {
      const reason = 'ICEBERG_COMMIT_ERROR: Failed to commit';
      expectGoal(await run({ ...CREATING, failures: [{ of: 'CREATE', reason, times: 2 }] }));
      expectGoal(await run({ ...CHANGING, failures: [{ of: 'DESCRIBE', reason, times: 1 }] }));
    });

    test.each(['CREATE', 'ALTER', 'DESCRIBE'])('a %s that always fails is announced with its reason', async (of) => {
      const road = of === 'CREATE' ? CREATING : CHANGING;
      const failed = await run({ ...road, failures: [{ of, reason: 'Insufficient "permissions"', times: 99 }] });
      expect(failed).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
      expect(outcomeOf(failed).detail).toContain('Insufficient "permissions"');
      const after = left(failed);
      expect(after).toMatchObject({ announced: ['table-failed'], locks: [] });
      expect(after.said).toContain(outcomeOf(failed).detail);
      expect(after.queries.filter(({ query, state }) => query.startsWith(of) && state === 'FAILED')).toHaveLength(3);
    });

    test('a statement that does not end is stopped', async () => {
      const stuck = await run({ ...CREATING, seconds: 100_000 });
      expect(stuck).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'failed' } });
      expect(outcomeOf(stuck).detail).toContain('did not end this within 300 seconds');
      expect(left(stuck).queries.map(({ state }) => state)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED']);
      expect(left(stuck)).toMatchObject({ columns: undefined, announced: ['table-failed'], locks: [] });
    });

    test('a description without the partitioning is no answer', async () => {
      const failed = await run({ ...CHANGING, failures: [{ of: 'DESCRIBE', times: 99 }] });
      expect(outcomeOf(failed).detail).toContain('without its partitioning');
      expect(left(failed)).toMatchObject({ announced: ['table-failed'], statements: [], locks: [] });
    });

    test('a statement that succeeds without an effect is no success', async () => {
      const failed = await run({ ...CHANGING, failures: [{ of: 'ALTER', times: 99 }] });
      expect(outcomeOf(failed).detail).toContain('NotAsDesired');
      expect(left(failed)).toMatchObject({ announced: ['table-failed'], locks: [] });
    });
  });

  describe('with its input', () => {
    test.each<[string, Situation, unknown, RegExp]>([
      ['no dataset', { desired: GOAL }, {}, /ParameterNotFound/],
      ['a dataset of another type', { desired: GOAL }, { dataset: 7 }, /ParameterNotFound/],
      ['a dataset that is not there', {}, { dataset: 'transactions' }, /ParameterNotFound/],
      ['another format', { desired: '{"version":2}' }, { dataset: 'transactions' }, /does not know this format/],
    ])('%s is announced', async (_, situation, input, cause) => {
      const failed = await run(situation, { input });
      expect(failed).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'failed', detail: expect.stringMatching(cause) },
      });
      expect(left(failed)).toMatchObject({ announced: ['table-failed'], locks: [], statements: [] });
    });
  });
});
