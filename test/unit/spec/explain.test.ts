import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { advise } from '../../../lib/spec/advice';
import { explain } from '../../../lib/spec/explain';
import { formatPath } from '../../../lib/spec/problem';
import { duration, percent } from '../../../lib/spec/quantity';

const name = z
  .string()
  .max(12)
  .regex(/^[a-z]+(-[a-z]+)*$/, { error: 'must be small letters and hyphens, for example on-call' });

const schema = z.strictObject({
  text: z.string().min(3).max(5).optional(),
  exact: z.string().length(2).optional(),
  pattern: z.string().regex(/^x+$/).optional(),
  name: name.optional(),
  email: z.email().optional(),
  url: z.url().optional(),
  date: z.iso.date().optional(),
  whole: z.int().min(1).max(5).optional(),
  open: z.number().min(0).optional(),
  above: z.number().gt(0).optional(),
  steps: z.number().multipleOf(5).optional(),
  bool: z.boolean().optional(),
  choice: z.enum(['manual', 'automatic']).optional(),
  one: z.literal('managed').optional(),
  list: z.array(z.email()).min(1).max(2).optional(),
  pair: z.tuple([z.string(), z.int()]).optional(),
  entries: z.record(name, z.strictObject({ wait: duration() })).optional(),
  levels: z.partialRecord(z.enum(['low', 'high']), z.int()).optional(),
  either: z.union([z.string(), z.strictObject({ a: z.string() })]).optional(),
  off: z.union([z.literal('off'), percent()]).optional(),
  cluster: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('managed'), nodes: z.int().default(1), spot: z.boolean().default(false) }),
      z.strictObject({ kind: z.literal('batch'), nodes: z.int().default(1), queue: z.string() }),
    ])
    .optional(),
  nothing: z.never().optional(),
  ruled: z
    .strictObject({ a: z.int(), b: z.int() })
    .refine(({ a, b }) => a <= b, { path: ['a'], error: 'is more than b' })
    .optional(),
  special: z
    .int()
    .superRefine((value, context) => {
      const params = { received: `${value} things`, allowed: 'two things', fix: 'take two' };
      if (value !== 2) context.addIssue({ code: 'custom', message: 'is not two', params });
    })
    .optional(),
  advised: advise(z.string().startsWith('a'), {
    allowed: 'an a',
    fix: (received) => `an a, not ${String(received)}`,
  }).optional(),
  defaulted: z.strictObject({ share: percent().prefault('10%') }).prefault({}),
});

const explained = (value: unknown, from: z.ZodType = schema) =>
  explain(from.safeParse(value).error?.issues ?? [], from, value).map((finding) => ({
    ...finding,
    path: formatPath(finding.path),
  }));

describe('an issue of zod', () => {
  test.each<[string, unknown, { message: string; allowed?: string; fix?: string; received?: string }]>([
    [
      'text',
      5,
      { message: 'is not text', received: '5', allowed: 'text of 3 to 5 characters', fix: "put it in quotes: '5'" },
    ],
    ['text', 'a', { message: 'is too short', received: '"a"', fix: 'write text of 3 to 5 characters' }],
    ['text', 'abcdef', { message: 'is too long' }],
    ['text', null, { message: 'is empty', received: 'null (empty)', fix: 'write a value, or remove text' }],
    ['exact', 'abc', { message: 'is too long', allowed: 'text of 2 characters' }],
    ['pattern', 'y', { message: 'does not have the right form', allowed: 'text that matches ^x+$' }],
    ['name', 'On Call', { message: expect.stringMatching(/^must be small/) as string, fix: 'write on-call' }],
    [
      'name',
      '1',
      {
        message: expect.any(String) as string,
        allowed: 'small letters and hyphens, for example on-call, at most 12 characters',
      },
    ],
    ['email', 'x', { message: 'does not have the right form', allowed: 'an e-mail address such as team@example.com' }],
    ['url', 'x', { message: 'does not have the right form', allowed: 'a URL such as https://example.com/' }],
    ['date', '2026-02-30', { message: 'does not have the right form', allowed: 'a date such as 2026-01-31' }],
    ['whole', 1.5, { message: 'is not a whole number', allowed: 'a whole number from 1 to 5' }],
    ['whole', 9, { message: 'is too large', fix: 'write a whole number from 1 to 5' }],
    ['whole', '3', { message: 'is not a number', fix: 'write 3 without quotes' }],
    ['whole', '80%', { message: 'is not a number', fix: 'write a whole number from 1 to 5' }],
    ['open', '80%', { message: 'is not a number', fix: 'write 0.8' }],
    ['open', '0.7 %', { message: 'is not a number', fix: 'write 0.007' }],
    ['open', -1, { message: 'is too small', allowed: 'a number, at least 0' }],
    ['above', 0, { message: 'is too small', allowed: 'a number above 0' }],
    ['steps', 7, { message: 'is not a multiple of 5', allowed: 'a number in steps of 5' }],
    ['bool', 'yes', { message: 'is not true or false', fix: 'write true' }],
    ['bool', 'Off', { message: 'is not true or false', fix: 'write false' }],
    ['bool', 1, { message: 'is not true or false', fix: 'write true or false' }],
    [
      'choice',
      'manuel',
      {
        message: 'is not one of the values that are allowed',
        allowed: 'manual, automatic',
        fix: 'did you mean manual?',
      },
    ],
    ['choice', 'zzz', { message: 'is not one of the values that are allowed', fix: 'write manual or automatic' }],
    [
      'one',
      'batch',
      { message: 'is not one of the values that are allowed', allowed: 'managed', fix: 'write managed' },
    ],
    ['list', 'a@example.com', { message: 'is not a list', fix: 'write it as a list: [a@example.com]' }],
    [
      'list',
      [],
      { message: 'is too short a list', allowed: 'a list of 1 to 2, each an e-mail address such as team@example.com' },
    ],
    ['pair', ['a'], { message: 'is too short a list' }],
    ['levels', 'x', { message: 'is not a map', received: '"x"', allowed: 'a map' }],
    [
      'either',
      5,
      { message: 'is not one of the values that are allowed', allowed: 'text, or a map with the key a (required)' },
    ],
    [
      'off',
      10,
      {
        message: 'is not one of the values that are allowed',
        allowed: 'off, or a percentage from 0% to 100%, for example 10%',
        fix: 'write 10%',
      },
    ],
    ['off', 'of', { message: 'is not one of the values that are allowed', fix: 'did you mean off?' }],
    ['cluster', 'managed', { message: 'is not a map', allowed: 'a map with kind: managed or batch' }],
    ['nothing', 1, { message: 'is not allowed here' }],
    ['special', 3, { message: 'is not two', received: '3 things', allowed: 'two things', fix: 'take two' }],
    ['advised', 'b', { message: 'does not have the right form', allowed: 'an a', fix: 'an a, not b' }],
    [
      'defaulted',
      null,
      {
        message: 'is empty',
        allowed: 'a map with the key share',
        fix: 'write keys below it, {} for its defaults, or remove defaulted',
      },
    ],
  ])('at %s for %j', (key, value, expected) => {
    const findings = explained({ [key]: value });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ path: key, ...expected });
    for (const text of [findings[0]?.allowed, findings[0]?.fix, findings[0]?.received]) expect(text).toMatch(/\S/);
  });

  test('says of a missing key what to add', () => {
    const required = z.strictObject({
      owner: z.email(),
      kind: z.enum(['a', 'b']),
      wait: duration(),
      on: z.boolean(),
      more: z.strictObject({ x: z.int().min(2), y: z.int().optional() }),
      text: z.string(),
    });
    expect(explained({}, required)).toMatchObject([
      {
        path: 'owner',
        at: 'missing',
        message: 'is required and not there',
        received: 'nothing',
        fix: 'add owner: team@example.com',
      },
      { path: 'kind', fix: 'add kind: a' },
      { path: 'wait', fix: 'add wait: 30 minutes' },
      { path: 'on', fix: 'add on: true' },
      { path: 'more', fix: 'add more with a map with the keys x (required), y' },
      { path: 'text', fix: 'add text with text' },
    ]);
  });

  test('says of the whole that it is no map', () => {
    expect(explained([])).toMatchObject([{ path: '', message: 'is not a map', received: 'an empty list' }]);
  });

  test('in a list or map is at its place', () => {
    expect(explained({ list: ['x@example.com', 'y'], entries: { a: { wait: 5 } } })).toMatchObject([
      { path: 'list[1]', received: '"y"' },
      { path: 'entries.a.wait', fix: 'write 5 minutes, 5 seconds, 5 hours or 5 days' },
    ]);
  });

  test('of a refinement has its words, and what the schema allows', () => {
    expect(explained({ ruled: { a: 2, b: 1 } })).toMatchObject([
      { path: 'ruled.a', message: 'is more than b', received: '2', allowed: 'a whole number' },
    ]);
  });

  test('that breaks two rules of one schema is told once', () => {
    expect(explained({ name: 'A VERY LONG NAME INDEED' })).toHaveLength(1);
  });
});

describe('a key that does not exist', () => {
  test.each<[unknown, string, string, string]>([
    [{ choise: 'manual' }, 'choise', 'did you mean choice?', 'text, exact, '],
    [{ entries: { a: { wait: '1 hour', wat: 1 } } }, 'entries.a.wat', 'remove it', 'wait'],
    [{ entries: { a: { wiat: '1 hour' } } }, 'entries.a.wiat', 'did you mean wait?', 'wait'],
    [{ share: '10%' }, 'share', 'move it to where it belongs, defaulted, or check the indentation', 'text, '],
    [
      { defaulted: { email: 'x' } },
      'defaulted.email',
      'move it to where it belongs, the top level, or check the indentation',
      'share',
    ],
    [{ zzzzzzz: 1 }, 'zzzzzzz', 'remove it', 'text, '],
    [{ levels: { hihg: 1 } }, 'levels.hihg', 'did you mean high?', 'low, high'],
    [
      { cluster: { kind: 'managed', queue: 'q' } },
      'cluster.queue',
      'remove it, or choose kind: batch, which has it',
      'kind, nodes, spot',
    ],
    [{ cluster: { kind: 'managed', nods: 2 } }, 'cluster.nods', 'did you mean nodes?', 'kind, nodes, spot'],
    [{ 'a.b': 1 }, '["a.b"]', 'remove it', 'text, '],
  ])('%j', (value, path, fix, allowed) => {
    const finding = explained(value).find((found) => found.at === 'key');
    expect(finding).toMatchObject({ path, fix, message: 'is not a key that exists here' });
    expect(finding?.allowed.startsWith(allowed)).toBe(true);
  });

  test('each of them', () => {
    expect(explained({ aaaaaaa: 1, bbbbbbb: 2 }).map(({ path }) => path)).toEqual(['aaaaaaa', 'bbbbbbb']);
  });

  test('is not offered a key that is there already', () => {
    expect(explained({ choice: 'manual', choise: 'manual' })).toMatchObject([{ path: 'choise', fix: 'remove it' }]);
  });

  test('in a map is a name that breaks its rule', () => {
    expect(explained({ entries: { 'On Call': { wait: '1 hour' } } })).toMatchObject([
      {
        path: 'entries["On Call"]',
        at: 'key',
        message: 'is not a name that can stand here: it must be small letters and hyphens, for example on-call',
        received: '"On Call"',
        fix: 'did you mean on-call?',
      },
    ]);
  });
});

describe('a union', () => {
  test('is explained by the option that was meant, never by all', () => {
    expect(explained({ either: { a: 1, b: 2 } })).toMatchObject([
      { path: 'either.a', fix: "put it in quotes: '1'" },
      { path: 'either.b', message: 'is not a key that exists here', allowed: 'a' },
    ]);
    expect(explained({ cluster: { kind: 'batch', nodes: 'x' } })).toMatchObject([
      { path: 'cluster.nodes' },
      { path: 'cluster.queue', message: 'is required and not there' },
    ]);
  });

  test('whose kind is mistyped is explained as the kind that was meant', () => {
    expect(explained({ cluster: { kind: 'batsh', nodes: 'x', spot: true } })).toMatchObject([
      { path: 'cluster.kind', received: '"batsh"', allowed: 'managed, batch', fix: 'did you mean batch?' },
      { path: 'cluster.nodes', fix: 'write a whole number' },
      { path: 'cluster.queue', message: 'is required and not there' },
      { path: 'cluster.spot', fix: 'remove it, or choose kind: managed, which has it' },
    ]);
  });

  test('without its kind is explained as far as all kinds agree', () => {
    expect(explained({ cluster: { nodes: 'x', spot: true } })).toMatchObject([
      { path: 'cluster.kind', at: 'missing', allowed: 'managed, batch', fix: 'add kind: managed or batch' },
      { path: 'cluster.nodes' },
    ]);
    // No key of either kind is wrong before the kind is known.
    for (const rest of [{ queue: 'q' }, { spot: true }])
      expect(explained({ cluster: rest }).map(({ path }) => path)).toEqual(['cluster.kind']);
    expect(explained({ cluster: { knd: 'batch' } })).toMatchObject([
      { path: 'cluster.kind' },
      { path: 'cluster.knd', fix: 'did you mean kind?' },
    ]);
  });
});
