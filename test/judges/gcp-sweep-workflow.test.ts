import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepWorkflow } from '../../lib/gcp/operations/workflow/sweep-workflow';
import { describeJudge } from '../support/describe-judge';
import { callNames, resume, WorkflowsJudge } from '../support/workflows-judge';
import {
  announced,
  deployed,
  ENDPOINT,
  endpoint,
  FACTS,
  PLATFORM,
  request,
  SERVING,
  TARGET,
  type Written,
} from './gcp-operations-world';

const SWEEP = sweepWorkflow({ target: TARGET, platform: PLATFORM });
const SERVES = { deployedModels: [deployed('1', '5')], trafficSplit: { 1: 100 } };
const ORPHANED = 'endpoint-orphaned';

describeJudge('workflows', 'looking for endpoints without a model on Google Cloud', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const sweep = (world: Written) => request(SWEEP, {}, world);

  test('tells of each that serves and that no model owns, and of no other', async () => {
    const run = await judge.run(
      sweep({
        endpoints: {
          [ENDPOINT]: SERVING,
          2000000001: endpoint('left', SERVES),
          2000000002: endpoint('', { ...SERVES, displayName: 'fraud-prod-nameless' }),
          2000000003: endpoint('empty'),
          2000000004: endpoint('theirs', SERVES, 'fraud-prod-eu'),
          2000000005: { ...SERVES },
        },
        objects: { [FACTS]: { model: 'detector' }, 'models/left/champion': { version: '5' } },
      }),
    );
    expect(run.executions[0]).toMatchObject({
      status: 'SUCCEEDED',
      result: { outcome: 'swept', orphans: ['fraud-prod-left', 'fraud-prod-nameless'] },
    });
    expect(announced(run)).toEqual([ORPHANED, ORPHANED]);
    expect(run.log.map(({ json }) => (json as { detail: string }).detail)).toEqual([
      expect.stringMatching(/endpoints\/2000000001, model: left$/),
      expect.stringMatching(/endpoints\/2000000002, model: its labels say none$/),
    ]);
    expect(run.log[0]?.json).toMatchObject({ serves: 'fraud-prod-left', platform: PLATFORM });
  });

  test('changes nothing', async () => {
    const run = await judge.run(sweep({ endpoints: { 2000000001: endpoint('left', SERVES) } }));
    expect(callNames(run).filter((name) => !/\.(get|list)$/.test(name))).toEqual([]);
  });

  test('says nothing of a platform without endpoints', async () => {
    const run = await judge.run(sweep({}));
    expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'swept', orphans: [] } });
    expect(run.log).toEqual([]);
  });

  test('says when it could not look, and the next one does', async () => {
    const asked = sweep({
      endpoints: { [ENDPOINT]: SERVING, 2000000001: endpoint('left', SERVES) },
      objects: { [FACTS]: {} },
    });
    for await (const { call, run } of judge.failEachCall(asked, { code: 401, message: 'not yours' })) {
      expect(run.executions[0], call.method).toMatchObject({ status: 'FAILED', error: { tags: ['SweepFailed'] } });
      expect(announced(run).at(-1), call.method).toBe('endpoint-sweep-failed');
      expect(run.log.at(-1)?.json, call.method).toMatchObject({ detail: expect.stringContaining('not yours') });
      const again = await judge.run(resume(asked, run));
      expect(announced(again), call.method).toEqual([ORPHANED]);
    }
  });

  test('goes on after what passes', async () => {
    const asked = sweep({ endpoints: { 2000000001: endpoint('left', SERVES) } });
    for await (const { call, run } of judge.failEachCall(asked, { code: 429 }))
      expect(announced(run), call.method).toEqual([ORPHANED]);
  });
});
