import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { WorkflowsJudge } from '../support/workflows-judge';
import {
  $,
  caught,
  findings,
  give,
  http,
  OBJECTS,
  request,
  resultOf,
  serving,
  steps,
  workflow,
} from './workflows-harness';

describeJudge('workflows', 'workflows run', () => {
  let judge: WorkflowsJudge;
  beforeAll(async () => {
    judge = await WorkflowsJudge.start();
  });
  afterAll(() => judge?.close());

  const value = (code: string, argument: unknown = {}) =>
    resultOf(judge, workflow({ out: give(code) }), { start: [{ workflow: 'w', argument }] });
  const errorOf = (code: string) =>
    resultOf(
      judge,
      workflow(caught({ steps: steps({ bad: { assign: [{ one: [1] }, { nothing: null }, { x: $(code) }] } }) })),
    );

  describe('expressions', () => {
    test.each<[string, unknown]>([
      ['null', null],
      ['if(1 < 2 and not(false), [1, "b", null], 0)', [1, 'b', null]],
      ['event.items.keys', 1],
      ['event["if"] + event.from', 'ab'],
      ['default(map.get(event, ["none", "of"]), 0.00001)', 0.00001],
      ['default(0, 7)', 0],
      ['"a } b" + string(true) + string(3) + string(json.decode("{\\"a\\":[1]}"))', 'a } btrue3{"a":[1]}'],
      ['7 // 2 + 7 % 4', 6],
      ['7 / 2', 3.5],
      ['"a" in ["b"] or "items" in event', true],
      ['1 == true', false],
      ['int("12") + int(3.9) + len("abc")', 18],
      ['text.split(text.replace_all("a-b-c", "-", "/"), "/")', ['a', 'b', 'c']],
      ['text.match_regex("v12", "^v[0-9]+$")', true],
      ['text.substring("abcdef", 1, 3)', 'bc'],
      ['text.url_encode("a/b c")', 'a%2Fb%20c'],
      ['json.encode_to_string(event)', '{"if":"a","from":"b","items":{"keys":1}}'],
      ['text.decode(base64.decode(base64.encode(text.encode("ü"))))', 'ü'],
      [
        'map.merge_nested(json.decode("{\\"a\\":{\\"b\\":1}}"), json.decode("{\\"a\\":{\\"c\\":2}}"))',
        { a: { b: 1, c: 2 } },
      ],
      ['list.concat([1], 2)', [1, 2]],
      ['math.max(1, 2) + math.abs(-3)', 5],
      ['keys(map.delete(event, "if"))', ['from', 'items']],
      ['time.format(sys.now())', '2026-01-01T00:00:00Z'],
      ['time.parse("2026-01-01T00:00:10Z") - sys.now()', 10],
      ['sys.get_env("GOOGLE_CLOUD_PROJECT_ID")', 'fraud-prod'],
      ['get_type(null)', 'null'],
    ])('%s', async (code, expected) => {
      expect(await value(code, { if: 'a', from: 'b', items: { keys: 1 } })).toEqual(expected);
    });

    test.each([
      ['event.none', 'KeyError', 'LookupError'],
      ['one[1]', 'IndexError', 'LookupError'],
      ['one[-1]', 'IndexError', 'LookupError'],
      ['1 / 0', 'ZeroDivisionError', 'ArithmeticError'],
      ['"a" + 1', 'TypeError'],
      ['"a" * 2', 'TypeError'],
      ['"a" in "abc"', 'TypeError'],
      ['nothing.a', 'TypeError'],
      ['1 and true', 'TypeError'],
      ['text.split(1, ",")', 'TypeError'],
      ['json.decode("{")', 'ValueError'],
      ['int("a")', 'ValueError'],
    ])('%s raises %s, which can be caught', async (code, ...tags) => {
      expect(await errorOf(code)).toMatchObject({ tags });
    });
  });

  describe('control flow', () => {
    test('one arm of a switch; next beside blocks; jumps back', async () => {
      const document = workflow({
        init: { assign: [{ seen: [] }, { round: 0 }] },
        pick: {
          switch: [
            { condition: true, assign: [{ seen: $('list.concat(seen, "first")') }] },
            { condition: true, assign: [{ seen: $('list.concat(seen, "second")') }] },
          ],
        },
        block: { steps: steps({ inner: { assign: [{ round: $('round + 1') }] } }), next: 'again' },
        over: { call: 'sys.log', args: { json: { seen: $('seen') }, severity: 'NOTICE' }, next: 'out' },
        again: { switch: [{ condition: $('round < 3'), next: 'block' }], next: 'over' },
        out: { return: $('round') },
      });
      const run = await judge.run(request(document));
      expect(run.executions[0]?.result).toBe(3);
      expect(run.log).toMatchObject([{ severity: 'NOTICE', json: { seen: ['first'] }, at: '2026-01-01T00:00:00Z' }]);
    });

    test('null is something to return', async () => {
      expect(
        await resultOf(
          judge,
          workflow({ pick: { switch: [{ condition: $('true'), return: null }] }, over: { raise: 'no' } }),
        ),
      ).toBeNull();
    });

    test('loops: what they change stays, also when they fail; what they make goes', async () => {
      const loop = {
        for: {
          value: 'one',
          index: 'at',
          in: [1, 2, 3, 4],
          steps: steps({
            skip: { switch: [{ condition: $('one == 2'), next: 'continue' }] },
            add: { assign: [{ 'held.sum': $('held.sum + one') }, { local: $('at') }] },
            fail: { switch: [{ condition: $('held.sum > 3'), raise: { message: 'enough', code: $('held.sum') } }] },
          }),
        },
      };
      const document = workflow({
        init: { assign: [{ held: { sum: 0 } }] },
        attempt: {
          try: { steps: steps({ loop }) },
          except: { as: 'e', steps: steps({ out: { return: { sum: $('held.sum'), error: $('e') } } }) },
        },
      });
      expect(await resultOf(judge, document)).toEqual({ sum: 4, error: { message: 'enough', code: 4 } });
    });

    test('ranges, break, and a return within', async () => {
      const find = (end: object) => ({
        for: {
          value: 'n',
          range: $('[1, event.last]'),
          steps: steps({ look: { switch: [{ condition: $('n == 3'), ...end }] } }),
        },
      });
      const argument = { start: [{ workflow: 'w', argument: { last: 5 } }] };
      const broken = workflow({ all: find({ next: 'break' }), out: { return: 'after' } });
      expect(await resultOf(judge, broken, argument)).toBe('after');
      const returned = workflow({ all: find({ return: $('n * 2') }), out: { return: 'after' } });
      expect(await resultOf(judge, returned, argument)).toBe(6);
    });

    test('subworkflows, with defaults, and none of their variables', async () => {
      const document = workflow(
        { own: { assign: [{ a: 1 }] }, call: { call: 'helper', args: { b: 2 }, result: 'c' }, out: give('c + a') },
        {
          helper: {
            params: ['b', { extra: 10 }],
            steps: steps({ own: { assign: [{ a: 100 }] }, out: give('a + b + extra') }),
          },
        },
      );
      expect(await resultOf(judge, document)).toBe(113);
    });

    test('a text that is raised, and an error that nobody catches', async () => {
      const raising = workflow(caught({ steps: steps({ bad: { raise: 'a text' } }) }));
      expect(await resultOf(judge, raising)).toBe('a text');
      const [failed] = (await judge.run(request(workflow({ bad: { raise: { code: 7 } } })))).executions;
      expect(failed).toMatchObject({ status: 'FAILED', error: { code: 7 }, steps: ['bad'] });
    });

    test('a retry in virtual time, with the delays of its policy', async () => {
      const retry = {
        predicate: $('again'),
        max_retries: 3,
        backoff: { initial_delay: 2, max_delay: 5, multiplier: 2 },
      };
      const document = workflow(
        { ask: { try: http('get', OBJECTS), retry }, out: give('r.code') },
        {
          again: { params: ['error'], steps: steps({ out: give('"HttpError" in error.tags and error.code == 503') }) },
        },
      );
      const world = { state: serving() };
      const run = await judge.run(
        request(document, { world, faults: [{ method: 'objects.list', nth: 1, times: 3, code: 503 }] }),
      );
      expect(run.executions[0]).toMatchObject({ status: 'SUCCEEDED', result: 200 });
      expect(run.slept).toEqual([2, 4, 5]);
      expect(run.now).toBe('2026-01-01T00:00:11Z');
      const given = await judge.run(request(document, { world, faults: [{ method: 'objects.list', code: 503 }] }));
      expect(given.executions[0]).toMatchObject({ status: 'FAILED', error: { code: 503, tags: ['HttpError'] } });
      expect(given.calls).toHaveLength(4);
      const denied = await judge.run(request(document, { world, faults: [{ method: 'objects.list', code: 403 }] }));
      expect(denied.calls).toHaveLength(1);
    });

    test("Workflows' own policy", async () => {
      const document = workflow({
        ask: { try: http('get', OBJECTS), retry: $('http.default_retry') },
        out: give('r.code'),
      });
      const faults = [{ method: 'objects.list', nth: 1, times: 2, code: 'ConnectionError' as const }];
      const run = await judge.run(request(document, { world: { state: serving() }, faults }));
      expect(run.slept).toEqual([1, 1.25]);
      expect(run.calls.map(({ status }) => status)).toEqual([0, 0, 200]);
    });
  });

  test('two runs of one workflow are alike', async () => {
    const document = workflow({
      out: { return: [$('uuid.generate()'), $('sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")')] },
    });
    expect(await judge.run(request(document))).toEqual(await judge.run(request(document)));
  });

  test('whoever goes on for ever is stopped', async () => {
    const sleeping = workflow({ a: { call: 'sys.sleep', args: { seconds: 3600 } }, b: { next: 'a' } });
    expect(await findings(judge, sleeping)).toMatch(/no end within 2592000 s of virtual time/);
    expect(await findings(judge, workflow({ a: { assign: [{ x: 1 }] }, b: { next: 'a' } }))).toMatch(
      /more than 100000 steps/,
    );
  });
});
