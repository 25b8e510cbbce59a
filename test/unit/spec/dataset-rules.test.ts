import { describe, expect, test } from 'vitest';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { problemsOf } from '../../support/problems';

const COLUMNS = {
  flag: 'boolean',
  small: 'int',
  ratio: 'double',
  price: 'decimal(10,2)',
  born: 'date',
  ts: 'timestamp',
  id: 'string',
  hash: 'binary',
};

const loaded = (rules: object) =>
  loadPlatformSpec({
    name: 'fraud',
    owner: 'a@example.com',
    aws: { region: 'eu-central-1' },
    dataLake: { zones: { raw: {} }, datasets: { t: { zone: 'raw', columns: COLUMNS, rules } } },
  });

/** What is said of rules, as `path: message`. */
const said = (rules: object): readonly string[] =>
  problemsOf(() => loaded(rules)).map(
    ({ path, message }) => `${path.replace('dataLake.datasets.t.rules.', '')}: ${message}`,
  );

describe('rules of a dataset', () => {
  test('are completed with what is usual', () => {
    expect(loaded({}).dataLake?.datasets.t?.rules).toEqual({ minRows: 1, columns: {}, unique: {}, ageAt: 'run' });
  });

  test('take everything that the types of columns have a meaning for', () => {
    const rules = {
      minRows: 1000,
      ageAt: 'commit',
      columns: {
        flag: { values: [true] },
        small: { min: -1, max: 1, values: [0, 1], unique: true },
        ratio: { min: 0.5, max: 0.5, maxNulls: '2.5%' },
        price: { min: 0.01 },
        born: { min: '1900-01-01', max: '2026-02-28', maxAge: '1 day' },
        ts: { min: '2026-01-31', max: '2026-01-31T12:00:00+02:00', maxAge: '1 hour' },
        id: { pattern: '[A-Z]{3}', values: ['ABC', '1'] },
        hash: { maxNulls: '0%', unique: true },
      },
      unique: { pair: ['id', 'ts'] },
    };
    expect(loaded(rules).dataLake?.datasets.t?.rules?.columns.ratio).toMatchObject({ min: 0.5, maxNulls: 2.5 });
  });

  test.each<[string, object, string]>([
    ['an unknown column', { columns: { idd: { unique: true } } }, 'columns.idd: '],
    ['an unknown column among several', { unique: { pair: ['id', 'tz'] } }, 'unique.pair[1]: '],
    ['a range of texts', { columns: { id: { min: 1 } } }, 'columns.id.min: has no meaning for a string, which id is'],
    ['a range of a boolean', { columns: { flag: { max: 1 } } }, 'columns.flag.max: has no meaning for a boolean'],
    ['a text as a number', { columns: { small: { min: '1' } } }, 'columns.small.min: is no int, which small is'],
    ['a number as a day', { columns: { born: { max: 2026 } } }, 'columns.born.max: is no date, which born is'],
    ['a day that no month has', { columns: { born: { min: '2026-02-30' } } }, 'columns.born.min: is no date'],
    ['a moment that is none', { columns: { ts: { min: 'yesterday' } } }, 'columns.ts.min: is no timestamp'],
    ['more digits than are kept', { columns: { small: { max: 2 ** 60 } } }, 'columns.small.max: has more digits'],
    ['a range without values', { columns: { ratio: { min: 2, max: 1 } } }, 'columns.ratio.min: is above max'],
    [
      'a range of moments without values, across zones',
      { columns: { ts: { min: '2026-01-01T00:30:00Z', max: '2026-01-01T01:00:00+01:00' } } },
      'columns.ts.min: is above max',
    ],
    ['values of fractions', { columns: { ratio: { values: [1] } } }, 'columns.ratio.values: cannot be listed'],
    ['a text among numbers', { columns: { small: { values: [1, 'one'] } } }, 'columns.small.values[1]: is no whole'],
    ['a number among texts', { columns: { id: { values: ['a', 7] } } }, 'columns.id.values[1]: is no text'],
    ['a value twice', { columns: { id: { values: ['a', 'a'] } } }, 'columns.id.values[1]: '],
    ['a pattern of numbers', { columns: { small: { pattern: '1+' } } }, 'columns.small.pattern: is matched by texts'],
    ['a broken pattern', { columns: { id: { pattern: '(' } } }, 'columns.id.pattern: is no regular expression'],
    ['a pattern that RE2 has not', { columns: { id: { pattern: 'a(?=b)' } } }, 'columns.id.pattern: has lookaround'],
    [
      'repetitions within others',
      { columns: { id: { pattern: '((a{100}){100}){100}' } } },
      'columns.id.pattern: repeats more than 1000 times, repetitions within others multiplied',
    ],
    [
      'what JavaScript has not',
      { columns: { id: { pattern: '(?i)a' } } },
      'columns.id.pattern: is no regular expression that RE2 and JavaScript both know',
    ],
    [
      'names of groups',
      { columns: { id: { pattern: '(?<n>a)' } } },
      'columns.id.pattern: has named groups, which not every',
    ],
    ['a pattern too large', { columns: { id: { pattern: 'a{1001}' } } }, 'columns.id.pattern: repeats more than 1000'],
    ['freshness of no time', { columns: { id: { maxAge: '1 day' } } }, 'columns.id.maxAge: needs a date or timestamp'],
    ['freshness finer than days', { columns: { born: { maxAge: '1 hour' } } }, 'columns.born.maxAge: is shorter'],
    ['one column as several', { unique: { one: ['id'] } }, 'unique.one: '],
    ['fewer rows than none', { minRows: -1 }, 'minRows: '],
    ['a share of more than all', { columns: { id: { maxNulls: '101%' } } }, 'columns.id.maxNulls: '],
  ])('refuse %s where it is written', (_, rules, expected) => {
    const problems = said(rules);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(expected), problems[0]).toBe(true);
  });

  test('are refused all at once, each with what to do', () => {
    const rules = { columns: { idd: {}, id: { min: 1, maxAge: '1 day' } }, unique: { pair: ['id', 'x'] } };
    const problems = problemsOf(() => loaded(rules));
    expect(problems.map(({ path }) => path.replace('dataLake.datasets.t.rules.', ''))).toEqual([
      'columns.id.maxAge',
      'columns.id.min',
      'columns.idd',
      'unique.pair[1]',
    ]);
    expect(problems.filter(({ allowed, fix }) => !allowed || !fix)).toEqual([]);
  });
});
