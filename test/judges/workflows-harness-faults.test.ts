import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { callNames, resume, WorkflowsJudge, type WorkflowsRequest } from '../support/workflows-judge';
import {
  $,
  caught,
  ENDPOINT,
  findings,
  give,
  http,
  LOCATION,
  left,
  OBJECTS,
  request,
  resultOf,
  serving,
  steps,
  UPLOAD,
  VERTEX,
  workflow,
} from './workflows-harness';

const DEPLOYED = {
  id: '1004',
  model: `${LOCATION}/models/7@4`,
  dedicatedResources: { machineSpec: { machineType: 'n1-standard-2' }, minReplicaCount: 1, maxReplicaCount: 2 },
};
const deploy = (changes: object = {}, split: object = { 0: 10, 1003: 90 }) =>
  http(
    'post',
    `${ENDPOINT}:deployModel`,
    { body: { deployedModel: { ...DEPLOYED, ...changes }, trafficSplit: split } },
    'op',
  );
const world = { state: serving() };

/** Takes the lock or says who has it, works for a minute, and gives it back. */
const locking = workflow({
  me: { assign: [{ me: $('sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")') }] },
  lock: {
    try: http(
      'post',
      UPLOAD,
      { query: { uploadType: 'media', name: 'locks/9', ifGenerationMatch: '0' }, body: { owner: $('me') } },
      'lock',
    ),
    except: {
      as: 'e',
      steps: steps({
        other: {
          switch: [
            { condition: $('not("HttpError" in e.tags)'), raise: $('e') },
            { condition: $('e.code != 412'), raise: $('e') },
          ],
        },
        holder: http('get', `${OBJECTS}/locks%2F9`, { query: { alt: 'media' } }),
        locked: give('r.body.owner'),
      }),
    },
  },
  work: { call: 'sys.sleep', args: { seconds: 60 } },
  free: http('delete', `${OBJECTS}/locks%2F9`, { query: { ifGenerationMatch: $('lock.body.generation') } }),
  out: { return: 'done' },
});

describeJudge('workflows', 'what goes wrong in a run', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  describe('rejects, whatever the workflow catches', () => {
    test.each([
      ['an unknown field', deploy({ modle: 'x' }), /body\.deployedModel\.modle: unknown, there is \[/],
      [
        'a value outside an enum',
        deploy({ dedicatedResources: { machineSpec: { acceleratorType: 'T4' }, minReplicaCount: 1 } }),
        /acceleratorType: not one of/,
      ],
      ['a text for a number', deploy({}, { 0: '100' }), /trafficSplit\.0: not integer, got '100'/],
      ['a missing field', deploy({ dedicatedResources: { machineSpec: {} } }), /minReplicaCount: required/],
      ['an output-only field', deploy({ modelVersionId: '4' }), /modelVersionId: output only/],
      [
        'an unknown query',
        http('patch', ENDPOINT, { query: { update_mask: 'trafficSplit' }, body: {} }),
        /query update_mask: unknown/,
      ],
      ['a path of no method', http('post', `${ENDPOINT}:deploy`, { body: {} }), /no method of .* has this path/],
      ['a host of no API', http('get', 'https://unknown.googleapis.com/a'), /no method of unknown\.googleapis\.com/],
      [
        'a region that the host does not serve',
        http('get', ENDPOINT.replace('europe-west4-', 'us-central1-')),
        /serves us-central1, the path names europe-west4/,
      ],
      ['a body where none may be', http('delete', `${OBJECTS}/a`, { body: { a: 1 } }), /the method takes no body/],
      [
        'a method without a fake',
        http('post', `${ENDPOINT}:predict`, { body: { instances: [1] } }),
        /there is no fake of it/,
      ],
      [
        'an environment variable that is not there',
        { call: 'sys.log', args: { text: $('sys.get_env("BUKET")') } },
        /no environment variable BUKET/,
      ],
      ['a log entry of two kinds', { call: 'sys.log', args: { text: 'a', json: {} } }, /sys\.log takes one of/],
      ['a double as a text', { call: 'sys.log', args: { text: $('string(sys.now())') } }, /make it an int/],
    ])('%s', async (_, step, message) => {
      expect(await findings(judge, workflow(caught(step)), { world })).toMatch(message);
    });

    test('what a fake answers that Google cannot', async () => {
      const replies = { 'aiplatform.projects.locations.endpoints.get': [{ traficSplit: {} }] };
      const state = { ...serving(), replies };
      expect(await findings(judge, workflow(caught(http('get', ENDPOINT))), { world: { state } })).toMatch(
        /the fake answers what Google cannot: answer\.traficSplit: unknown/,
      );
    });

    test('a request of the judge that is wrong', async () => {
      const document = workflow({ out: { return: 1 } });
      await expect(judge.run(request(document, { start: [{ workflow: 'v' }] }))).rejects.toThrow(/no workflow 'v'/);
      await expect(judge.run(request(document, { world: { state: { storge: {} } } }))).rejects.toThrow(/storge/);
      await expect(judge.run(request(document, { faults: [{ method: 'x', code: 418 as 400 }] }))).rejects.toThrow(
        /418/,
      );
    });
  });

  describe('faults', () => {
    const deploying = workflow({ go: deploy(), out: give('op.body.name') });

    test('an error instead of the effect, by name, and what the workflow sees of it', async () => {
      const document = workflow(caught(deploy()));
      const error = await resultOf(judge, document, {
        world,
        faults: [{ method: 'endpoints.deployModel', nth: 1, code: 429 }],
      });
      expect(error).toMatchObject({
        code: 429,
        tags: ['HttpError'],
        message: 'HTTP server responded with error code 429',
        body: { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'injected fault' } },
      });
    });

    test('an answer that is lost: the effect is there', async () => {
      const run = await judge.run(
        request(deploying, { world, faults: [{ atCall: 1, code: 'ConnectionError', afterEffect: true }] }),
      );
      expect(run.executions[0]).toMatchObject({ status: 'FAILED', error: { tags: ['ConnectionError'] } });
      expect(run.executions[0]?.error).not.toHaveProperty('code');
      expect(Object.keys(left(run, 'aiplatform').operations ?? {})).toHaveLength(1);
    });

    test('a crash after a call and before a step, and another execution that goes on', async () => {
      const first = request(locking, { world, faults: [{ crashAfterCall: 1 }] });
      const cut = await judge.run(first);
      expect(cut.executions[0]).toMatchObject({ status: 'CRASHED', steps: ['me', 'lock'] });
      const next = await judge.run(resume(first, cut, { afterSeconds: 10 }));
      expect(next.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: cut.executions[0]?.id });
      expect(next.calls[0]?.at).toBe('2026-01-01T00:00:10Z');
      const before = await judge.run(request(locking, { world, faults: [{ crashBeforeStep: 'free' }] }));
      expect(before.executions[0]).toMatchObject({ status: 'CRASHED', steps: ['me', 'lock', 'work'] });
    });

    test('each call in turn', async () => {
      const failed: string[] = [];
      for await (const { call, run } of judge.failEachCall(request(locking, { world }), { code: 503 })) {
        failed.push(`${call.method} ${run.executions[0]?.status}`);
      }
      expect(failed).toEqual(['storage.objects.insert FAILED', 'storage.objects.delete FAILED']);
      const cuts: number[] = [];
      for await (const { cut } of judge.cutAfterEachCall(request(locking, { world }))) cuts.push(cut.calls.length);
      expect(cuts).toEqual([1, 2]);
    });
  });

  describe('several executions', () => {
    const both = (rest: Partial<WorkflowsRequest> = {}) =>
      request(locking, { world, start: [{ workflow: 'w' }, { workflow: 'w', at: 0 }], ...rest });

    test('take turns at their calls: one has the lock', async () => {
      const run = await judge.run(both());
      const [first, second] = run.executions;
      expect([first?.result, second?.result]).toEqual(['done', first?.id]);
      expect(callNames(run).slice(0, 3)).toEqual([
        'storage.objects.insert',
        'storage.objects.insert',
        'storage.objects.get',
      ]);
      expect(run.calls.map(({ execution }) => execution)).toEqual([0, 1, 1, 0]);
    });

    test('in another order by a seed, and the same one by the same', async () => {
      const orders = new Set<string>();
      for (let seed = 0; seed < 8; seed += 1) {
        const run = await judge.run(both({ seed }));
        expect(run.executions.filter(({ result }) => result === 'done')).toHaveLength(1);
        expect(await judge.run(both({ seed }))).toEqual(run);
        orders.add(run.calls.map(({ execution }) => execution).join());
      }
      expect(orders.size).toBeGreaterThan(1);
    });

    test('one after the other in virtual time', async () => {
      const run = await judge.run(both({ start: [{ workflow: 'w' }, { workflow: 'w', at: 61 }] }));
      expect(run.executions.map(({ result }) => result)).toEqual(['done', 'done']);
      expect(run.now).toBe('2026-01-01T00:02:01Z');
    });

    test('a fault of one of them', async () => {
      const run = await judge.run(both({ faults: [{ method: 'objects.insert', code: 503, execution: 0 }] }));
      expect(run.executions.map(({ status }) => status)).toEqual(['FAILED', 'SUCCEEDED']);
    });
  });

  test('starts other workflows, waits for them, and cancels them', async () => {
    const EXECUTIONS = `https://workflowexecutions.googleapis.com/v1/${LOCATION}/workflows/w/executions`;
    const starter = workflow({
      start: http('post', EXECUTIONS, { body: { argument: $('json.encode_to_string(event)') } }),
      name: { assign: [{ url: $('"https://workflowexecutions.googleapis.com/v1/" + r.body.name') }] },
      wait: { call: 'sys.sleep', args: { seconds: $('event.wait') } },
      look: http('get', $('url')),
      late: {
        switch: [
          {
            condition: $('r.body.state == "ACTIVE"'),
            steps: steps({ stop: http('post', $('url + ":cancel"'), { body: {} }) }),
          },
        ],
      },
      list: http('get', EXECUTIONS, { query: { view: 'FULL' } }, 'all'),
      out: {
        return: {
          state: $('r.body.state'),
          result: $('default(map.get(r.body, "result"), null)'),
          all: $('len(all.body.executions)'),
        },
      },
    });
    const go = (wait: number) =>
      judge.run({ workflows: { w: locking, starter }, world, start: [{ workflow: 'starter', argument: { wait } }] });
    const ended = await go(90);
    expect(ended.executions.map(({ result }) => result)).toEqual([
      { state: 'SUCCEEDED', result: '"done"', all: 1 },
      'done',
    ]);
    const cancelled = await go(30);
    expect(cancelled.executions[0]?.result).toEqual({ state: 'CANCELLED', result: null, all: 1 });
    expect(cancelled.executions[1]).toMatchObject({ status: 'CANCELLED', workflow: 'w' });
    expect(left(cancelled, 'storage').buckets).toMatchObject({
      state: { 'locks/9': { contentType: 'application/json' } },
    });
  });

  test('a network that would answer is not asked', async () => {
    const outside = workflow(caught(http('get', VERTEX.replace('https', 'http'))));
    expect(await findings(judge, outside)).toMatch(/not https/);
  });
});
