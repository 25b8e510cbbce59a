import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { WorkflowsJudge, type WorkflowsRun } from '../support/workflows-judge';
import {
  $,
  caught,
  findings,
  http,
  LOCATION,
  left,
  type NamedSteps,
  OBJECTS,
  request,
  serving,
  UPLOAD,
  workflow,
} from './workflows-harness';

const PROJECT = 'projects/fraud-prod';
const upload = (name: string, body: object, generation?: string) =>
  http('post', UPLOAD, { query: { uploadType: 'media', name, ifGenerationMatch: generation }, body });
const pause = (seconds: number) => ({ call: 'sys.sleep', args: { seconds } });
const out: NamedSteps = { out: { return: $('r.body') } };

describeJudge('workflows', 'the fakes of Google', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const run = (named: NamedSteps, state: object = serving()): Promise<WorkflowsRun> =>
    judge.run(request(workflow(named), { world: { state: state as Record<string, unknown> } }));
  const result = async (named: NamedSteps, state?: object) => {
    const [ended] = (await run(named, state)).executions;
    if (ended?.status !== 'SUCCEEDED') throw new Error(JSON.stringify(ended));
    return ended.result;
  };

  describe('Cloud Storage', () => {
    test('objects: written, read, listed and deleted by their generation', async () => {
      const seen = await result({
        write: upload('a/1', { n: 1 }, '0'),
        meta: http('get', `${OBJECTS}/a%2F1`, {}, 'meta'),
        content: http('get', `${OBJECTS}/a%2F1`, { query: { alt: 'media' } }, 'content'),
        all: http('get', OBJECTS, { query: { prefix: 'a/' } }, 'all'),
        gone: http('delete', `${OBJECTS}/a%2F1`, { query: { ifGenerationMatch: $('meta.body.generation') } }, 'gone'),
        empty: http('get', OBJECTS, {}, 'empty'),
        out: {
          return: {
            content: $('content.body'),
            names: $('all.body.items[0].name'),
            gone: $('gone.code'),
            empty: $('empty.body'),
          },
        },
      });
      expect(seen).toEqual({ content: { n: 1 }, names: 'a/1', gone: 204, empty: { kind: 'storage#objects' } });
    });

    test.each<[string, NamedSteps[string], number]>([
      ['an object that is there already', upload('held', {}, '0'), 412],
      ['another generation', http('delete', `${OBJECTS}/held`, { query: { ifGenerationMatch: '7' } }), 412],
      ['no object that may be listed', http('get', `${OBJECTS}/listed`), 404],
      ['no object', http('get', `${OBJECTS}/none`), 403],
      ['no bucket', http('get', OBJECTS.replace('state', 'none')), 404],
    ])('refuses %s', async (what, step, code) => {
      const listed = what.endsWith('listed');
      const error = await result(caught(step), { storage: { buckets: { state: { held: { a: 1 } } }, listed } });
      expect(error).toMatchObject({ code, body: { error: { code } } });
    });
  });

  describe('Cloud Monitoring', () => {
    const SERIES = `https://monitoring.googleapis.com/v3/${PROJECT}/timeSeries`;
    const QUERY = `https://monitoring.googleapis.com/v1/${PROJECT}/location/global/prometheus/api/v1/query`;
    const ill = { behaviours: { '7@3': { latency: 120, errors: 0.05 } }, requestsPerMinute: 100 };
    const series = (metric: string, aligner: string, more = {}) =>
      http('get', SERIES, {
        query: {
          filter: `metric.type="aiplatform.googleapis.com/prediction/online/${metric}" AND resource.labels.endpoint_id="9" AND metric.labels.deployed_model_id="1003"`,
          'interval.startTime': $('time.format(sys.now() - 600)'),
          'interval.endTime': $('time.format(sys.now())'),
          'aggregation.alignmentPeriod': '600s',
          'aggregation.perSeriesAligner': aligner,
          ...more,
        },
      });
    const points = async (step: NamedSteps[string]) =>
      (
        (await result({ ask: step, ...out }, serving(ill))) as { timeSeries?: { points: { value: unknown }[] }[] }
      ).timeSeries?.map((one) => one.points.map(({ value }) => value));

    test('what a deployed model does, two minutes later', async () => {
      expect(await points(series('prediction_count', 'ALIGN_SUM'))).toEqual([[{ int64Value: '800' }]]);
      expect(await points(series('error_count', 'ALIGN_SUM'))).toEqual([[{ int64Value: '40' }]]);
      // One series for the model's own share of the latency and one for all of it.
      const latencies = Array.from({ length: 2 }, () => [{ doubleValue: 120 }]);
      expect(await points(series('prediction_latencies', 'ALIGN_PERCENTILE_95'))).toEqual(latencies);
      const reduced = {
        'aggregation.crossSeriesReducer': 'REDUCE_SUM',
        'aggregation.groupByFields': 'metric.labels.deployed_model_id',
      };
      expect(await points(series('response_count', 'ALIGN_RATE', reduced))).toEqual([[{ doubleValue: 800 / 600 }]]);
    });

    test('knows a metric from its first value on', async () => {
      const well = serving({ behaviours: {}, requestsPerMinute: 100 });
      const unknown = { code: 404, body: { error: { message: expect.stringContaining('Cannot find metric(s)') } } };
      expect(await result(caught(series('error_count', 'ALIGN_SUM')), well)).toMatchObject(unknown);
      expect(await result(caught(series('private/response_count', 'ALIGN_SUM')), well)).toMatchObject(unknown);
      expect(await result({ ask: series('response_count', 'ALIGN_SUM'), ...out }, well)).toHaveProperty('timeSeries');
    });

    test('refuses labels and metrics that are not', async () => {
      const wrong = series('prediction_count', 'ALIGN_SUM', {
        filter: 'metric.type="aiplatform.googleapis.com/prediction/online/error_count" AND metric.labels.model="7"',
      });
      expect(await result(caught(wrong))).toMatchObject({ code: 400 });
      expect(await result(caught(series('predictions', 'ALIGN_SUM')))).toMatchObject({ code: 404 });
    });

    const count = (metric: string) =>
      `sum(increase(aiplatform_googleapis_com:prediction_online_${metric}{endpoint_id="9", deployed_model_id="1003"}[10m]))`;
    test.each<[string, string | undefined]>([
      [`${count('error_count')} / ${count('prediction_count')}`, '0.05'],
      [`(${count('error_count')} or vector(0)) / ${count('prediction_count').replace('1003', '5')}`, undefined],
      [`${count('error_count').replace('1003', '5')} or vector(0)`, '0'],
      [`${count('prediction_count')} > 900`, undefined],
      [
        'histogram_quantile(0.95, sum by (le) (rate(aiplatform_googleapis_com:prediction_online_prediction_latencies_bucket{endpoint_id="9"}[10m])))',
        '120',
      ],
    ])('PromQL: %s', async (query, value) => {
      const answer = await result({ ask: http('post', QUERY, { body: { query } }), ...out }, serving(ill));
      expect(answer).toMatchObject({ status: 'success', data: { resultType: 'vector' } });
      const [first] = (answer as { data: { result: { value: [number, string] }[] } }).data.result;
      if (value === undefined) expect(first).toBeUndefined();
      else expect(Math.abs(Number(first?.value[1]) - Number(value))).toBeLessThanOrEqual(0.06 * Number(value));
    });

    test('PromQL that it cannot evaluate', async () => {
      const ask = http('post', QUERY, {
        body: { query: 'sum(increase(aiplatform_googleapis_com:prediction_online_errors[10m]))' },
      });
      expect(await findings(judge, workflow(caught(ask)))).toMatch(/there is no metric/);
    });

    test('custom metrics, as they are written', async () => {
      const type = 'custom.googleapis.com/mlops/drift';
      const one = {
        metric: { type, labels: { model: 'a' } },
        resource: { type: 'global', labels: {} },
        points: [{ interval: { endTime: $('time.format(sys.now())') }, value: { doubleValue: 0.5 } }],
      };
      const query = {
        filter: `metric.type="${type}" AND metric.labels.model="a"`,
        'interval.endTime': $('time.format(sys.now())'),
      };
      const done = await run({
        write: http('post', SERIES, { body: { timeSeries: [one] } }),
        read: http('get', SERIES, { query }),
        ...out,
      });
      expect(done.executions[0]?.result).toMatchObject({ timeSeries: [{ points: [{ value: { doubleValue: 0.5 } }] }] });
      expect(left(done, 'monitoring').written).toMatchObject([{ metric: { type } }]);
    });
  });

  test('Cloud Logging, Pub/Sub and Secret Manager', async () => {
    const entry = {
      logName: `${PROJECT}/logs/mlops`,
      resource: { type: 'global', labels: {} },
      severity: 'INFO',
      jsonPayload: { outcome: 'promoted' },
    };
    const done = await run(
      {
        log: http('post', 'https://logging.googleapis.com/v2/entries:write', { body: { entries: [entry] } }),
        say: http('post', `https://pubsub.googleapis.com/v1/${PROJECT}/topics/alerts:publish`, {
          body: {
            messages: [
              { data: $('base64.encode(json.encode(json.decode("{\\"a\\":1}")))'), attributes: { kind: 'x' } },
            ],
          },
        }),
        know: http('get', `https://secretmanager.googleapis.com/v1/${PROJECT}/secrets/key/versions/latest:access`),
        out: { return: $('text.decode(base64.decode(r.body.payload.data))') },
      },
      { pubsub: { topics: [`${PROJECT}/topics/alerts`] }, secretmanager: { secrets: { key: { 1: 'old', 2: 'new' } } } },
    );
    expect(done.executions[0]?.result).toBe('new');
    expect(left(done, 'logging').entries).toMatchObject([
      { jsonPayload: { outcome: 'promoted' }, at: '2026-01-01T00:00:00Z' },
    ]);
    expect(left(done, 'pubsub').published).toMatchObject([{ data: { a: 1 }, attributes: { kind: 'x' } }]);
  });

  test('Compute Engine: a forwarding rule to a service attachment, when its operation is done', async () => {
    const REGION = `https://compute.googleapis.com/compute/v1/${PROJECT}/regions/europe-west4`;
    const attachment = 'projects/vertex/regions/europe-west4/serviceAttachments/sa-1';
    const rule = {
      name: 'to-9',
      target: attachment,
      network: `${PROJECT}/global/networks/n`,
      IPAddress: $('address.body.address'),
    };
    const named: NamedSteps = {
      address: http('get', `${REGION}/addresses/ip-9`, {}, 'address'),
      make: http('post', `${REGION}/forwardingRules`, { body: rule }),
      early: {
        try: http('get', `${REGION}/forwardingRules/to-9`, {}, 'none'),
        except: { as: 'e', steps: [{ early_code: { assign: [{ r: $('r') }] } }] },
      },
      wait: http('post', $(`"${REGION}/operations/" + r.body.name + "/wait"`), {}, 'done'),
      look: http('get', `${REGION}/forwardingRules/to-9`, {}, 'rule'),
      drop: http('delete', `${REGION}/forwardingRules/to-9`),
      rest: pause(15),
      look_op: http('get', $(`"${REGION}/operations/" + r.body.name`), {}, 'dropped'),
      out: {
        return: [
          $('done.body.status'),
          $('rule.body.pscConnectionStatus'),
          $('rule.body.IPAddress'),
          $('dropped.body.status'),
        ],
      },
    };
    const done = await run(named, { compute: { addresses: { 'ip-9': { address: '10.1.0.9' } } } });
    expect(done.executions[0]?.result).toEqual(['DONE', 'ACCEPTED', '10.1.0.9', 'DONE']);
    expect(done.calls.map(({ status }) => status)).toEqual([200, 200, 404, 200, 200, 200, 200]);
    expect(left(done, 'compute').forwardingRules).toEqual({});
  });

  describe('Cloud Batch', () => {
    const JOBS = `https://batch.googleapis.com/v1/${LOCATION}/jobs`;
    const job = (model: string, spec = {}) => ({
      taskGroups: [{ taskSpec: { runnables: [{ container: { imageUri: 'i' } }], ...spec } }],
      allocationPolicy: { instances: [{ policy: { machineType: 'n1-standard-4', provisioningModel: model } }] },
    });
    const looks = (body: object, times: readonly number[]): NamedSteps => ({
      make: http('post', JOBS, { query: { jobId: 'j' }, body }),
      init: { assign: [{ seen: [] }] },
      each: {
        for: {
          value: 'seconds',
          in: [...times],
          steps: [
            { rest: { call: 'sys.sleep', args: { seconds: $('seconds') } } },
            { look: http('get', `${JOBS}/j`) },
            { keep: { assign: [{ seen: $('list.concat(seen, r.body.status.state)') }] } },
          ],
        },
      },
      last: http('get', `${JOBS}/j`),
      out: { return: { seen: $('seen'), events: $('r.body.status.statusEvents') } },
    });

    test('from the queue to its end', async () => {
      const seen = await result(looks(job('STANDARD'), [0, 30, 90, 3600]), {
        batch: { outcomes: ['preempted', 'succeeded'] },
      });
      expect(seen).toMatchObject({ seen: ['QUEUED', 'SCHEDULED', 'RUNNING', 'SUCCEEDED'] });
    });

    test('preempted, half way, with its exit code', async () => {
      const seen = await result(looks(job('SPOT'), [1919, 1]), { batch: { outcomes: ['preempted'] } });
      expect(seen).toMatchObject({
        seen: ['RUNNING', 'FAILED'],
        events: [{}, {}, {}, { taskExecution: { exitCode: 50001 } }],
      });
      expect(JSON.stringify(seen)).toMatch(/Spot VM preemption with exit code 50001/);
    });

    test('a policy that retries preemption within the job', async () => {
      const spec = {
        maxRetryCount: 1,
        lifecyclePolicies: [{ action: 'RETRY_TASK', actionCondition: { exitCodes: [50001] } }],
      };
      const seen = await result(looks(job('SPOT', spec), [1920, 3600]), {
        batch: { outcomes: ['preempted', 'succeeded'] },
      });
      expect(seen).toMatchObject({ seen: ['RUNNING', 'SUCCEEDED'] });
    });

    test('a job without a machine, deleted', async () => {
      const done = await run(
        {
          ...looks(job('SPOT'), [86400]),
          out: http('delete', `${JOBS}/j`),
          pause: pause(30),
          look2: http('get', `https://batch.googleapis.com/v1/${LOCATION}/operations/operation-1`),
          done: { return: [$('seen'), $('r.body.done')] },
        },
        { batch: { outcomes: ['queued'] } },
      );
      expect(done.executions[0]?.result).toEqual([['QUEUED'], true]);
      expect(left(done, 'batch').jobs).toEqual({});
    });
  });
});
