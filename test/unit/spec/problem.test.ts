import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { begunBy, nearest } from '../../../lib/spec/did-you-mean';
import { explain } from '../../../lib/spec/explain';
import { ACCELERATOR_TYPES } from '../../../lib/spec/machine-keys';
import { formatPath, formatProblem, type Problem, printable, SpecError, show } from '../../../lib/spec/problem';

const problem = (more: Partial<Problem>): Problem => ({
  path: 'a.b',
  message: 'is wrong',
  received: '1',
  allowed: '2',
  fix: 'write 2',
  ...more,
});

describe('a path', () => {
  test.each<[(string | number)[], string]>([
    [[], ''],
    [['models', 'fraud-detector', 'registry'], 'models.fraud-detector.registry'],
    [['list', 0, 'x'], 'list[0].x'],
    [['a.b', 'c'], '["a.b"].c'],
    [['a', '', 'b c', '1x'], 'a[""]["b c"]["1x"]'],
    [['say "hi"'], '["say \\"hi\\""]'],
  ])('%j is %s', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });
});

describe('a value', () => {
  test.each<[unknown, string]>([
    [undefined, 'nothing'],
    [null, 'null (empty)'],
    ['text', '"text"'],
    ['', '""'],
    [0.1, '0.1'],
    [true, 'true'],
    [[], 'an empty list'],
    [[1, 2], 'a list of 2'],
    [{}, 'an empty map'],
    [{ a: 1, 'b.c': 2 }, 'a map with a, "b.c"'],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, 'a map with a, b, c, d, 2 more'],
    ['x\ny', '"x\\ny"'],
    ['\u001b[31m', '"\\u001b[31m"'],
    ['\u202e\u200b\u0085', '"\\u{202e}\\u{200b}\\u{85}"'],
  ])('%j shows as %s', (value, text) => {
    expect(show(value)).toBe(text);
  });

  test('is cut where it is long', () => {
    expect(show('x'.repeat(1000))).toHaveLength(62);
    expect(show({ ['x'.repeat(1000)]: 1 }).length).toBeLessThan(80);
  });
});

describe('SpecError', () => {
  test('says every problem: place, path, message, received, allowed, fix', () => {
    const error = new SpecError([
      problem({ file: 'platform.yaml', line: 7, column: 22, frame: '    7 | a: 1\n      |    ^' }),
    ]);
    expect(error.message).toBe(`1 problem in the spec:

platform.yaml:7:22 a.b: is wrong
    7 | a: 1
      |    ^
  received: 1
  allowed:  2
  fix:      write 2`);
    expect(error.name).toBe('SpecError');
  });

  test('leaves out what is not known', () => {
    expect(formatProblem(problem({}))).toMatch(/^a\.b: is wrong\n/);
    expect(formatProblem(problem({ path: '' }))).toMatch(/^spec: is wrong\n/);
    expect(formatProblem(problem({ line: 1, column: 2 }))).toMatch(/^1:2 a\.b: is wrong\n/);
    expect(formatProblem(problem({ environment: 'dev, prod' }))).toMatch(/^a\.b: is wrong \(in dev, prod\)\n/);
  });

  test('has the order of the file, whatever order they were found in, and each once', () => {
    const problems = [
      problem({ line: 2, column: 1 }),
      problem({ line: 1, column: 9 }),
      problem({ line: 1, column: 2, path: 'b' }),
      problem({ line: 1, column: 2, path: 'a' }),
      problem({ line: 10, column: 1 }),
      problem({ line: 2, column: 1 }),
    ];
    const places = (error: SpecError) => error.problems.map(({ line, column, path }) => `${line}:${column}${path}`);
    const expected = ['1:2a', '1:2b', '1:9a.b', '2:1a.b', '10:1a.b'];
    expect(places(new SpecError(problems))).toEqual(expected);
    expect(places(new SpecError(problems.toReversed()))).toEqual(expected);
  });

  test('is data that nobody can change, and obeys no control character', () => {
    const error = new SpecError([problem({ message: 'is \u001b[31mred' })]);
    expect(error.problems[0]?.message).toBe('is \\u{1b}[31mred');
    expect(Object.isFrozen(error.problems[0])).toBe(true);
  });
});

test('printable keeps letters of all scripts and line feeds', () => {
  expect(printable('größe 東京 🙂\nnext')).toBe('größe 東京 🙂\nnext');
});

describe('did you mean', () => {
  test.each<[string, string[], string | undefined]>([
    ['aproval', ['approval', 'owner'], 'approval'],
    ['data_lake', ['dataLake', 'datasets'], 'dataLake'],
    ['prdo', ['dev', 'prod'], 'prod'],
    ['dataset', ['datasets', 'zones'], 'datasets'],
    ['Region', ['region'], 'region'],
    ['x', ['a', 'b'], undefined],
    ['dev', ['prod', 'staging'], undefined],
    ['completely', ['different'], undefined],
    ['', ['a'], undefined],
    ['name', [], undefined],
    ['y'.repeat(100_000), ['name'], undefined],
  ])('%.20s among %j: %s', (word, candidates, meant) => {
    expect(nearest(word, candidates)).toBe(meant);
  });

  test('of a beginning, all that begin like that', () => {
    const chips = ['a10g', 'a100-40', 'a100-80', 'h100'];
    expect(begunBy('A100', chips)).toEqual(['a100-40', 'a100-80']);
    expect(begunBy('h1', chips)).toEqual([]);
    expect(begunBy('y'.repeat(100_000), chips)).toEqual([]);
    const accelerator = z.object({ type: z.enum(ACCELERATOR_TYPES) });
    const { error } = accelerator.safeParse({ type: 'a100' });
    expect(explain(error?.issues ?? [], accelerator, { type: 'a100' })).toMatchObject([
      { fix: 'did you mean a100-40 or a100-80?' },
    ]);
  });
});
