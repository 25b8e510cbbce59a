import { afterAll, beforeAll, expect, test } from 'vitest';
import { retireWorkflow } from '../../lib/gcp/operations/workflow/retire-workflow';
import { describeJudge } from '../support/describe-judge';
import { TARGET } from '../support/gcp-synth';
import { WorkflowsJudge, type WorkflowsRequest, type WorkflowsRun } from '../support/workflows-judge';
import { announced } from './gcp-operations-world';
import {
  approvalOf,
  CHAMPION,
  ENDPOINT,
  FACTS,
  later,
  left,
  NAMES,
  RECORDS,
  reportOf,
  request,
  START,
} from './gcp-rollout-world';

const RETIRE = retireWorkflow({ target: TARGET, platform: NAMES.slug });
const LABELS = { 'mlops-platform': 'fraud-prod', 'mlops-model': 'detector' };
const START_RETIRE = { workflow: 'retire', argument: { model: 'detector' } };
const NOTHING = { traffic: {}, deployed: [], aliases: {}, locks: [] };

describeJudge('workflows', 'a retired model on Google Cloud', () => {
  let judge: WorkflowsJudge;
  let served: WorkflowsRun;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
    served = await judge.run(request({ endpoint: { labels: LABELS } }));
    expect(left(served)).toMatchObject({ traffic: { 5: 100 }, aliases: { champion: '5' } });
  });
  afterAll(() => judge?.close());

  /** The retirement in the world that a run left, with what else is started. */
  const retiring = (run: WorkflowsRun, ...more: WorkflowsRequest['start']): WorkflowsRequest => {
    const next = later(run);
    return { ...next, workflows: { ...next.workflows, retire: RETIRE }, start: [START_RETIRE, ...more] };
  };

  async function retired(): Promise<WorkflowsRun> {
    const run = await judge.run(retiring(served));
    expect(left(run)).toMatchObject(NOTHING);
    return run;
  }

  test('is deployed by no approval', async () => {
    const run = await judge.run(later(await retired(), { approved: 6 }));
    expect(reportOf(run.executions[0])).toMatchObject({ outcome: 'withdrawn', version: '6' });
    expect(left(run)).toMatchObject({ ...NOTHING, record: { retired: expect.any(String), shell: expect.any(String) } });
    expect(announced(run)).toEqual(['detector-rollout-withdrawn']);
  });

  test('serves again when a person promotes a version, and then follows approvals', async () => {
    const again = await judge.run(later(await retired(), { argument: { action: 'promote', version: '5' } }));
    expect(reportOf(again.executions[0])).toMatchObject({ outcome: 'promoted' });
    const { record, ...is } = left(again);
    expect(is).toMatchObject({ traffic: { 5: 100 }, aliases: { champion: '5' } });
    expect(record).toMatchObject({ version: '5' });
    for (const key of ['retired', 'retiring', 'shell']) expect(record).not.toHaveProperty(key);
    const next = await judge.run(later(again, { approved: 6 }));
    expect(left(next)).toMatchObject({ traffic: { 6: 100 } });
  });

  test('serves again by an approval once it has another shell', async () => {
    const run = await retired();
    const { storage } = run.world.state as unknown as { storage: { buckets: Record<string, Record<string, unknown>> } };
    const buckets = { [RECORDS]: { ...storage.buckets[RECORDS], [FACTS]: { made: 'anew' } } };
    const world = { ...run.world, state: { ...run.world.state, storage: { ...storage, buckets } } };
    const next = await judge.run(later({ world }, { approved: 6 }));
    expect(left(next)).toMatchObject({ traffic: { 6: 100 } });
    expect(left(next).record).not.toHaveProperty('retired');
  });

  test('is deployed by no approval that waited for the retirement to end', async () => {
    const millis = Date.parse(served.world.now) + 60_000;
    const asked = retiring(served, { workflow: ENDPOINT.workflowName, argument: approvalOf(5, millis), at: 20 });
    const run = await judge.run(asked);
    expect(left(run)).toMatchObject(NOTHING);
    expect(run.executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(reportOf(run.executions[1])).toMatchObject({ outcome: 'withdrawn' });
  });

  test('waits for a rollout that is under way, and takes away what that deployed', async () => {
    const next = later(served, { approved: 6 });
    const run = await judge.run({
      ...next,
      workflows: { ...next.workflows, retire: RETIRE },
      start: [...next.start, { ...START_RETIRE, at: 30 }],
    });
    expect(run.executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(reportOf(run.executions[0])).toMatchObject({ outcome: 'promoted', version: '6' });
    expect(left(run)).toMatchObject({ ...NOTHING, record: { retired: expect.any(String) } });
    expect(Date.parse(run.now)).toBeGreaterThan(START);
  });

  test('is empty whenever the rollout was cut', async () => {
    for await (const { call, cut } of judge.cutAfterEachCall(later(served, { approved: 6 }))) {
      const run = await judge.run(retiring(cut));
      expect(run.executions[0]?.status, call.method).toBe('SUCCEEDED');
      expect(left(run), call.method).toMatchObject(NOTHING);
    }
  }, 300_000);

  test('keeps its record where everybody looks for it', async () => {
    const { storage } = (await retired()).world.state as unknown as { storage: { buckets: Record<string, object> } };
    expect(Object.keys(storage.buckets[RECORDS] ?? {})).toEqual([FACTS, CHAMPION]);
  });
});
