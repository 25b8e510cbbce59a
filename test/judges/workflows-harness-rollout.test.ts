import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import {
  callNames,
  resume,
  WorkflowsJudge,
  type WorkflowsRequest,
  type WorkflowsRun,
} from '../support/workflows-judge';
import {
  $,
  ENDPOINT,
  http,
  LOCATION,
  left,
  OBJECTS,
  request,
  serving,
  steps,
  UPLOAD,
  VERTEX,
  workflow,
} from './workflows-harness';

const SERIES = 'https://monitoring.googleapis.com/v3/projects/fraud-prod/timeSeries';
const FILTER = `resource.labels.endpoint_id="9" AND metric.labels.deployed_model_id="1004"`;
const ONLINE = 'aiplatform.googleapis.com/prediction/online';

/** Requests of one kind that version 4 had while it baked, in `result`. */
const ask = (metric: string, result: string) => ({
  try: http(
    'get',
    SERIES,
    {
      query: {
        filter: `metric.type="${ONLINE}/${metric}" AND ${FILTER}`,
        'interval.startTime': $('time.format(sys.now() - 600)'),
        'interval.endTime': $('time.format(sys.now())'),
        'aggregation.alignmentPeriod': '600s',
        'aggregation.perSeriesAligner': 'ALIGN_SUM',
      },
    },
    result,
  ),
  retry: $('http.default_retry'),
});

const deployed = {
  id: '1004',
  model: `${LOCATION}/models/7@4`,
  dedicatedResources: { machineSpec: { machineType: 'n1-standard-2' }, minReplicaCount: 1 },
};

/** A canary of ten minutes under a lock. */
const rollout = workflow(
  {
    lock: http(
      'post',
      UPLOAD,
      { query: { uploadType: 'media', name: 'lock', ifGenerationMatch: '0' }, body: { by: 'me' } },
      'lock',
    ),
    deploy: http('post', `${ENDPOINT}:deployModel`, {
      body: { deployedModel: deployed, trafficSplit: { 0: 10, 1003: 90 } },
    }),
    deploying: { call: 'done', args: { operation: $('r.body.name') } },
    bake: { call: 'sys.sleep', args: { seconds: 600 } },
    count: ask('prediction_count', 'all'),
    errors: ask('error_count', 'bad'),
    sum: {
      assign: [
        { counts: $('default(map.get(all.body, "timeSeries"), [])') },
        { total: $('int(counts[0].points[0].value.int64Value)') },
        { wrong: $('default(map.get(bad.body, "timeSeries"), [])') },
        { ratio: 0 },
      ],
    },
    some: {
      switch: [
        { condition: $('len(wrong) > 0'), assign: [{ ratio: $('int(wrong[0].points[0].value.int64Value) / total') }] },
      ],
    },
    judge: {
      switch: [
        {
          condition: $('ratio > 0.01'),
          assign: [{ goes: '1004' }, { split: { 1003: 100 } }, { outcome: 'rolled-back' }],
          next: 'shift',
        },
      ],
    },
    well: { assign: [{ goes: '1003' }, { split: { 1004: 100 } }, { outcome: 'promoted' }] },
    shift: http('patch', ENDPOINT, { query: { updateMask: 'trafficSplit' }, body: { trafficSplit: $('split') } }),
    undeploy: http('post', `${ENDPOINT}:undeployModel`, { body: { deployedModelId: $('goes') } }),
    undeploying: { call: 'done', args: { operation: $('r.body.name') } },
    free: http('delete', `${OBJECTS}/lock`, { query: { ifGenerationMatch: $('lock.body.generation') } }),
    out: { return: $('outcome') },
  },
  {
    done: {
      params: ['operation'],
      steps: steps({
        look: { try: http('get', $(`"${VERTEX}/" + operation`)), retry: $('http.default_retry') },
        ended: { switch: [{ condition: $('default(map.get(r.body, "done"), false)'), next: 'end' }] },
        wait: { call: 'sys.sleep', args: { seconds: 60 }, next: 'look' },
      }),
    },
  },
);

describeJudge('workflows', 'a little rollout', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const rolled = (behaviours = {}, rest: Partial<WorkflowsRequest> = {}) =>
    request(rollout, {
      // Somebody's requests failed here before: Cloud Monitoring knows a metric from its first value on.
      world: { state: { ...serving({ behaviours }), monitoring: { written: [], known: [`${ONLINE}/error_count`] } } },
      ...rest,
    });
  const traffic = (run: WorkflowsRun) =>
    ((left(run, 'aiplatform').endpoints as Record<string, { history: [string, object][] }>)[9]?.history ?? []).map(
      ([, split]) => split,
    );

  test('promotes a version that is well', async () => {
    const run = await judge.run(rolled());
    expect(run.executions).toMatchObject([{ status: 'SUCCEEDED', result: 'promoted' }]);
    expect(traffic(run)).toEqual([{ 1003: 100 }, { 1003: 90, 1004: 10 }, { 1004: 100 }]);
    expect(run.now).toBe('2026-01-01T00:21:00Z');
    expect(left(run, 'storage').buckets).toEqual({ state: {} });
    expect(callNames(run).filter((name) => name.endsWith('.deployModel'))).toHaveLength(1);
  });

  test('takes back one that errs, also if it does so only later', async () => {
    for (const behaviour of [{ errors: 0.05 }, { errors: 0.5, illAt: '2026-01-01T00:15:00Z' }]) {
      const run = await judge.run(rolled({ '7@4': behaviour }));
      expect(run.executions).toMatchObject([{ status: 'SUCCEEDED', result: 'rolled-back' }]);
      expect(traffic(run)).toEqual([{ 1003: 100 }, { 1003: 90, 1004: 10 }, { 1003: 100 }]);
    }
  });

  test('of two approvals at once one has the lock', async () => {
    const start = [{ workflow: 'w' }, { workflow: 'w' }];
    const run = await judge.run(rolled({}, { start }));
    expect(run.executions).toMatchObject([{ result: 'promoted' }, { status: 'FAILED', error: { code: 412 } }]);
  });

  test('survives a monitoring that is down for a moment, and dies of whatever it does not retry', async () => {
    const shaky = await judge.run(rolled({}, { faults: [{ method: 'timeSeries.list', nth: 1, times: 2, code: 503 }] }));
    expect(shaky.executions).toMatchObject([{ result: 'promoted' }]);
    const ends = new Map<string, string>();
    for await (const { call, run } of judge.failEachCall(rolled(), { code: 403, afterEffect: true })) {
      ends.set(call.method, run.executions[0]?.status ?? '');
    }
    expect([...new Set(ends.values())]).toEqual(['FAILED']);
    expect(ends.size).toBe(7);
  });

  test('a crash leaves the lock behind, which this one never gets back', async () => {
    const first = rolled({}, { faults: [{ crashBeforeStep: 'bake' }] });
    const cut = await judge.run(first);
    expect(traffic(cut).at(-1)).toEqual({ 1003: 90, 1004: 10 });
    const next = await judge.run(resume(first, cut, { afterSeconds: 3600 }));
    expect(next.executions).toMatchObject([{ status: 'FAILED', error: { code: 412 } }]);
  });
});
