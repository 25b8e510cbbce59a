import { afterAll, beforeAll, expect, test } from 'vitest';
import { AslJudge, resume } from '../support/asl-judge';
import { describeJudge } from '../support/describe-judge';
import { FOLDER, left, request } from './cluster-machine';

/** A step whose first job fails. */
const whole = request({ jobs: [{ status: 'FAILED', seconds: 300 }, { seconds: 300 }] });
const stop = request({ status: 'Stopping', runStatus: 'Stopping' });

/** Two jobs, one after the other, and what the pipeline hears of the second. */
function expectWhole(run: Parameters<typeof left>[0], where: string) {
  expect(left(run), where).toMatchObject({ folder: FOLDER, failure: undefined });
  expect(left(run).names, where).toEqual(['detector-train-26vcYbeWsZ-1', 'detector-train-26vcYbeWsZ-2']);
}

describeJudge('asl', 'the machine that runs steps on the batch cluster, when something goes wrong', () => {
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
        expect(run.status, where).toBe('SUCCEEDED');
        expectWhole(run, where);
        calls++;
      }
      expect(calls).toBeGreaterThan(15);
    }
  });

  test('an execution that is cut anywhere and goes on by its name runs each job once', {
    timeout: 120_000,
  }, async () => {
    for await (const { call, cut } of judge.cutAfterEachCall(whole)) {
      const where = `after ${call.operation} in ${call.state}`;
      expect(cut.status, where).toBe('CRASHED');
      const again = await judge.run(resume(whole, cut, { afterSeconds: 60 }));
      expect(again.status, where).toBe('SUCCEEDED');
      expectWhole(again, where);
    }
  });

  test.each([
    ['batch', 'ListJobs'],
    ['batch', 'SubmitJob'],
    ['batch', 'DescribeJobs'],
    ['s3', 'ListObjectsV2'],
    ['s3', 'PutObject'],
    ['sagemaker', 'DescribePipelineExecution'],
    ['dynamodb', 'PutItem'],
  ])('what keeps failing is the answer: %s:%s', async (service, operation) => {
    const failed = await judge.run({
      ...whole,
      faults: [{ service, operation, code: 'AccessDeniedException', message: 'no' }],
    });
    expect(failed).toMatchObject({ status: 'SUCCEEDED', output: { kind: 'failed' } });
    expect(left(failed)).toMatchObject({ runStatus: 'Failed', folder: undefined });
    expect(left(failed).failure).toMatch(
      /^The machine that runs steps on the cluster failed: .*: no.* https:\S+:execution$/,
    );
  });

  test.each([
    ['batch', 'ListJobs'],
    ['dynamodb', 'PutItem'],
  ])('a run that is stopped is answered for, whatever fails: %s:%s', async (service, operation) => {
    const failed = await judge.run({ ...stop, faults: [{ service, operation, code: 'AccessDeniedException' }] });
    expect(left(failed).runStatus).toBe('Stopped');
  });

  test('a call of stopping that fails once, or whose answer is lost, changes nothing', async () => {
    for (const afterEffect of [false, true])
      for await (const { run } of judge.failEachCall(stop, { code: 'ThrottlingException', afterEffect }))
        expect(left(run).runStatus).toBe('Stopped');
  });
});
