import { describe, expect, test } from 'vitest';
import { workflowProblems } from '../support/workflows-check';
import { parseExpression } from '../support/workflows-expressions';
import { $, give, http, type NamedSteps, steps, workflow } from './workflows-harness';

const problems = (named: NamedSteps, others = {}): string => workflowProblems(workflow(named, others)).join('\n');
const assign = (...pairs: object[]) => ({ assign: pairs });

describe('expressions of workflows', () => {
  test.each([
    'a.b["c d"][0].if',
    'not(default(map.get(operation, ["a", "b"]), false)) and x != null',
    '"a \\"quoted\\" } text" + string(1 + -2 * 3 // 4)',
    '"HttpError" in e.tags or (a <= 1.5e3)',
    'if(len(x) == 0, [], [1, "b", null])',
  ])('%s', (code) => {
    expect(() => parseExpression(code)).not.toThrow();
  });

  test.each([
    ['a +', /ends too early/],
    ['[x for x in y]', /"\]" is missing/],
    ['a < b < c', /two sides/],
    ['{"a": 1}', /nothing of Workflows begins with "\{/],
    ["'a'", /nothing of Workflows/],
    ['a[b](c)', /only functions can be called/],
    ['"a".upper()', /only variables have members/],
    ['text.split(a, "@")[0]', /only variables have members/],
    ['json.decode(a).b', /only variables have members/],
    ['(a + b)[0]', /only variables have members/],
    ['a == not b', /"not" where a value should be/],
    ['a not in b', /"not" is too much/],
    ['a ? b : c', /nothing of Workflows/],
    ['a.0', /a name must follow/],
    ['f(a=1)', /nothing of Workflows|"\)" is missing/],
    ['"a\tb"', /nothing of Workflows/],
  ])('not %s', (code, message) => {
    expect(() => parseExpression(code)).toThrow(message);
  });
});

describe('the check of workflows', () => {
  test('accepts what the service documents', () => {
    const document = workflow(
      {
        init: assign({ all: [] }, { part: { a: $('event.data.a') } }, { 'part.b': $('part.a') }, { 'part["c d"]': 1 }),
        each: {
          for: {
            value: 'one',
            index: 'at',
            in: $('event.items'),
            steps: steps({
              skip: { switch: [{ condition: $('at == 0'), next: 'continue' }] },
              add: assign({ all: $('list.concat(all, one)') }),
              enough: { switch: [{ condition: $('len(all) > 3'), next: 'break' }] },
            }),
          },
        },
        poll: { steps: steps({ wait: { call: 'sys.sleep', args: { seconds: 30 } } }) },
        ask: {
          try: http('get', 'https://storage.googleapis.com/storage/v1/b/a/o', { query: { prefix: $('part.b') } }),
          retry: {
            predicate: $('again'),
            max_retries: 3,
            backoff: { initial_delay: 1, max_delay: 9, multiplier: 1.5 },
          },
          except: { as: 'e', steps: steps({ give_up: { raise: $('e') } }) },
        },
        more: { switch: [{ condition: $('r.code == 206'), next: 'poll' }], next: 'done' },
        done: { call: 'helper', args: { a: $('r.body') }, result: 'out' },
        out: give('out'),
      },
      {
        helper: { params: ['a', { b: 1 }], steps: steps({ out: give('a') }) },
        again: { params: ['error'], steps: steps({ out: give('error.code == 503') }) },
      },
    );
    expect(workflowProblems(document)).toEqual([]);
  });

  test.each<[string, NamedSteps, RegExp]>([
    ['a jump to nowhere', { a: { next: 'b' } }, /a: next: there is no step b here/],
    [
      'a jump out of a loop',
      { a: { for: { value: 'v', in: [1], steps: steps({ b: { next: 'c' } }) } }, c: { return: 1 } },
      /no step c/,
    ],
    ['break outside of a loop', { a: { next: 'break' } }, /outside of a loop/],
    ['two steps of one name', { a: { steps: steps({ a: { return: 1 } }) } }, /another step has this name/],
    ['a step that is never reached', { a: { return: 1 }, b: { return: 2 } }, /b: it is never reached/],
    ['a misspelt variable', { a: assign({ total: 1 }), b: give('totl + 1') }, /there is no variable totl here/],
    ['a variable that is assigned later', { a: give('x') }, /no variable x/],
    [
      'a variable of a loop after it',
      { a: { for: { value: 'v', in: [1], steps: steps({ b: assign({ x: 1 }) }) } }, c: give('x') },
      /c: x: there is no variable x/,
    ],
    [
      'a variable of an except-block after it',
      {
        a: { try: http('get', 'https://a.b'), except: { as: 'e', steps: steps({ b: assign({ x: 1 }) }) } },
        c: give('e'),
      },
      /no variable e/,
    ],
    [
      'a loop variable that is a variable already',
      { a: assign({ v: 1 }), b: { for: { value: 'v', in: [1], steps: steps({ c: { next: 'continue' } }) } } },
      /v is a variable already/,
    ],
    ["a variable of Workflows' own names", { a: assign({ text: 1 }) }, /text is a name of Workflows' own/],
    ['an expression that is too long', { a: give(`"${'x'.repeat(400)}"`) }, /of 402 characters, 400 are allowed/],
    ['text around an expression', { a: { return: `a${$('event')}b` } }, /mixes an expression with text/],
    ['an unknown function', { a: give('text.trim(event)') }, /there is no function text\.trim/],
    ['a function with too few arguments', { a: give('text.split(event)') }, /text\.split takes 2 arguments, not 1/],
    ['a call in an expression', { a: give('http.get("https://a.b")') }, /can only be called by a step/],
    [
      'an unknown argument',
      { a: { call: 'sys.sleep', args: { second: 1 } } },
      /no argument second[\s\S]*needs seconds/,
    ],
    ['an unknown subworkflow', { a: { call: 'helper' } }, /neither the standard library nor the workflow has helper/],
    ['a connector', { a: { call: 'googleapis.storage.v1.objects.get' } }, /neither the standard library/],
    [
      'no auth',
      { a: { call: 'http.get', args: { url: 'https://storage.googleapis.com/storage/v1/b' } } },
      /auth: \{ type: OAuth2 \} is missing/,
    ],
    ['a query in a URL', { a: http('get', 'https://a.b?c=d') }, /has a query/],
    [
      'too many assignments',
      { a: assign(...Array.from({ length: 51 }, (_, i) => ({ [`v${i}`]: i }))) },
      /51 assignments/,
    ],
    [
      'too many conditions',
      { a: { switch: Array.from({ length: 51 }, () => ({ condition: $('event'), next: 'end' })) } },
      /51 conditions/,
    ],
    [
      'an arm that goes on beside a next',
      {
        a: { switch: [{ condition: $('event'), steps: steps({ b: assign({ x: 1 }) }) }], next: 'c' },
        c: { return: 1 },
      },
      /give the arm its own/,
    ],
    ['two kinds in one step', { a: { call: 'sys.now', assign: [{ a: 1 }] } }, /beside/],
    ['parallel branches', { a: { parallel: { branches: [] } } }, /nothing to do: parallel/],
    [
      'a list to try',
      { a: { try: [], except: { as: 'e', steps: steps({ b: { next: 'end' } }) } } },
      /a call or steps are missing/,
    ],
    [
      'a policy without numbers',
      {
        a: {
          try: http('get', 'https://a.b'),
          retry: { predicate: $('http.default_retry_predicate'), max_retries: 3, backoff: { delay: 3 } },
        },
      },
      /backoff has the numbers/,
    ],
    ['a source that is too large', { a: { return: 'x'.repeat(128 * 1024) } }, /bytes, 131072 are allowed/],
  ])('refuses %s', (_, named, message) => {
    expect(problems(named)).toMatch(message);
  });

  test('refuses what is wrong between subworkflows', () => {
    const helper = { params: ['a', { b: 1 }], steps: steps({ again: { call: 'helper', args: { a: 1 } } }) };
    expect(problems({ a: { call: 'helper', args: { c: 1 } } }, { helper, len: { steps: [] }, odd: { step: [] } })).toBe(
      [
        'main: a: helper has no parameter c',
        'main: a: helper needs a',
        "len: its name is one of Workflows' own",
        'len: steps: a list of steps is missing',
        'odd: unknown: step',
        'odd: steps: a list of steps is missing',
        'main → helper → helper: it calls itself',
      ].join('\n'),
    );
  });
});
