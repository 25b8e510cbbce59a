import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockTtlSeconds } from '../../lib/aws/training-pipeline/machine/start-props';
import { AslJudge, type AslRun, resume } from '../support/asl-judge';
import { outcomeOf } from '../support/asl-outcome';
import { describeJudge } from '../support/describe-judge';
import { ALIKE } from '../support/pipeline-spec';
import { BUCKET, IMAGES, left, packageArn, REGISTERED, request } from './start-machine';

/** A world in which everything is asked that a start may ask: a new snapshot, an earlier run, a rollout under way. */
const SITUATION = {
  runs: [{ ...REGISTERED, seconds: 90 }],
  champion: { version: 6, metrics: { auc: 0.93 }, trying: { version: 7, metrics: { auc: 0.92 } } },
  earlier: [
    {
      started: '2025-12-31T11:00:00.000Z',
      snapshots: { transactions: '5000000000000000001', chargebacks: '77' },
    },
  ],
};
const FRESH = { reason: 'new-data', trigger: 'fresh' };
const whole = request(SITUATION, { input: FRESH });

const LOCK_TTL_SECONDS = lockTtlSeconds(2);
/** Shortly before the lock of an execution that was cut is free. */
const LATER = { afterSeconds: LOCK_TTL_SECONDS - 180 };

/** A snapshot is one folder, and every file of the run's folder is there. */
function expectOneRun(run: Pick<AslRun, 'world'>) {
  const { runs, keys, objects } = left(run);
  expect(runs).toHaveLength(1);
  for (const dataset of ['transactions', 'chargebacks']) {
    const folder = runs[0]?.[`snapshot-${dataset}`] ?? '';
    const manifests = keys.filter((key) => key.startsWith(`snapshots/${dataset}/`) && key.split('/').length === 4);
    expect(manifests.map((key) => JSON.parse(objects[key]?.text ?? '{}').folder)).toContain(folder);
    expect(keys.filter((key) => `s3://${BUCKET}/${key}`.startsWith(folder))).toHaveLength(2);
  }
}

describeJudge('asl', 'the machine that starts runs, when something goes wrong', () => {
  let judge: AslJudge;
  beforeAll(async () => {
    judge = await AslJudge.start();
  });
  afterAll(() => judge?.close());

  test('a call that fails once, or whose answer is lost, changes nothing', { timeout: 120_000 }, async () => {
    for (const afterEffect of [false, true]) {
      let calls = 0;
      for await (const { call, run } of judge.failEachCall(whole, { code: 'ThrottlingException', afterEffect })) {
        const where = `${call.operation} in ${call.state}${afterEffect ? ', its answer lost' : ''}`;
        expect(run, where).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'registered' } });
        expectOneRun(run);
        expect(new Set(left(run).announced), where).toEqual(new Set(['detector-run-registered']));
        // A lock whose return was asked and refused expires.
        if (call.operation !== 'DeleteItem') expect(left(run).locks, where).toEqual([]);
        calls++;
      }
      expect(calls).toBeGreaterThan(30);
    }
  });

  test('an execution that is cut anywhere and goes on by its name starts one run', { timeout: 120_000 }, async () => {
    for await (const { call, cut } of judge.cutAfterEachCall(whole)) {
      const where = `after ${call.operation} in ${call.state}`;
      expect(cut.status, where).toBe('CRASHED');
      const again = await judge.run(resume(whole, cut, { afterSeconds: 60 }));
      expect(again, where).toMatchObject({ status: 'SUCCEEDED', output: { version: packageArn(8) } });
      expectOneRun(again);
      expect(left(again).locks, where).toEqual([]);
    }
  });

  test('an execution that is cut anywhere blocks nobody for longer than its lock', { timeout: 120_000 }, async () => {
    for await (const { call, cut } of judge.cutAfterEachCall(whole)) {
      const where = `after ${call.operation} in ${call.state}`;
      const other = await judge.run({ ...resume(whole, cut, LATER), execution: { name: 'other' } });
      expect(['registered', 'refused'], where).toContain(outcomeOf(other).outcome);
      expect(left(other).runs, where).toHaveLength(1);
      expect(left(other).locks, where).toEqual([]);
      const began = Date.parse(cut.world.now);
      const decided = other.calls.find(({ operation }) => operation === 'ListPipelineExecutions')?.at ?? '';
      expect(Date.parse(decided) - began, where).toBeLessThanOrEqual((LOCK_TTL_SECONDS + 61) * 1000);
    }
  });

  test('an execution that is as slow as can be holds the lock to the end', async () => {
    const images = { ...IMAGES, 'fraud-train-2': 'sha256:cc', 'fraud-evaluate-3': 'sha256:dd' };
    const slow = request(
      {
        pipeline: ALIKE,
        images,
        failures: [{ of: 'UNLOAD', reason: 'Query exhausted resources' }],
        athenaSeconds: 2550,
      },
      { input: FRESH },
    );
    const done = await judge.run(slow);
    expect(outcomeOf(done).outcome).toBe('registered');
    const { calls } = done;
    const [lock, unlock] = ['PutItem', 'DeleteItem'].map((name) => calls.find(({ operation }) => operation === name));
    const [took, gave] = [lock, unlock].map((call) => Date.parse(call?.at ?? '') / 1000) as [number, number];
    expect(gave - took).toBeGreaterThan(4 * 2550);
    const held = lock?.params.Item as { readonly expiresAt: { readonly N: string } } | undefined;
    expect(Number(held?.expiresAt.N)).toBeGreaterThan(gave);
    // Step Functions takes 40 turns of a map at once, and then the others.
    expect(lockTtlSeconds(40)).toBeGreaterThan(gave - took);
    expect(lockTtlSeconds(41)).toBeGreaterThan(2 * (gave - took));
  });

  describe('what keeps failing is told, and the lock given back', () => {
    test.each([
      ['sagemaker', 'ListPipelineExecutions'],
      ['athena', 'StartQueryExecution'],
      ['athena', 'GetQueryExecution'],
      ['athena', 'GetQueryResults'],
      ['s3', 'ListObjectsV2'],
      ['s3', 'PutObject'],
      ['sagemaker', 'ListPipelineParametersForExecution'],
      ['ssm', 'GetParameter'],
      ['sagemaker', 'DescribeModelPackage'],
      ['s3', 'GetObject'],
      ['ecr', 'DescribeImages'],
      ['sagemaker', 'StartPipelineExecution'],
      ['dynamodb', 'PutItem'],
    ])('%s:%s', async (service, operation) => {
      const failed = await judge.run({
        ...whole,
        faults: [{ service, operation, code: 'AccessDeniedException', message: 'no' }],
      });
      expect(failed).toMatchObject({
        status: 'SUCCEEDED',
        output: { outcome: 'start-failed', detail: expect.stringContaining('no') },
      });
      expect(left(failed)).toMatchObject({ announced: ['detector-run-start-failed'], locks: [] });
      expect(left(failed).runs).toEqual([]);
    });

    test.each([
      ['sagemaker', 'DescribePipelineExecution'],
      ['sagemaker', 'ListPipelineExecutionSteps'],
    ])('%s:%s, though the run goes on', async (service, operation) => {
      const failed = await judge.run({ ...whole, faults: [{ service, operation, code: 'AccessDeniedException' }] });
      expect(failed).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'start-failed' } });
      expect(left(failed)).toMatchObject({ announced: ['detector-run-start-failed'], locks: [] });
      expectOneRun(failed);
    });

    test('by its end alone where the channel takes nothing', async () => {
      const failed = await judge.run({
        ...whole,
        faults: [{ service: 'sns', operation: 'Publish', code: 'AuthorizationError' }],
      });
      expect(failed).toMatchObject({
        status: 'FAILED',
        error: 'NotAnnounced',
        cause: expect.stringContaining('registered'),
      });
    });
  });

  test('a run that never ends is told of', async () => {
    const state = structuredClone(whole.world.state) as {
      sagemaker: { pipelines: Record<string, { runs: object[] }> };
    };
    for (const one of Object.values(state.sagemaker.pipelines)) one.runs = [{ seconds: 10 ** 9, steps: [] }];
    const failed = await judge.run({ ...whole, world: { ...whole.world, state } });
    expect(failed).toMatchObject({
      status: 'SUCCEEDED',
      output: { outcome: 'start-failed', detail: expect.stringContaining('StillRunning') },
    });
    expect(left(failed).announced).toEqual(['detector-run-start-failed']);
    // An execution has 25,000 events, of which each look writes nine.
    expect(failed.calls.filter(({ operation }) => operation === 'DescribePipelineExecution').length).toBeLessThan(1000);
  });
});
