import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { lakeSpec } from '../../lib/plan/lake-spec';
import { validationJob } from '../../lib/plan/validation/validation-job';
import type { datasetRules } from '../../lib/spec/rules';
import { describeJudge } from '../support/describe-judge';
import { JOBS_ENV, type JobFile } from '../support/job-judge';
import { type JudgedRule, ValidationJudge } from '../support/validation-judge';

type Columns = Readonly<Record<string, string>>;
/** As a spec writes them. */
type Rules = z.input<typeof datasetRules>;

/** What a dataset of a spec is checked against. */
function jobOf(columns: Columns, rules: Rules = {}) {
  const target = { aws: { region: 'eu-central-1' } } as const;
  const lake = lakeSpec({ target, checks: [] }, { raw: {} }, { payments: { zone: 'raw', columns, rules } });
  const dataset = lake.datasets.payments;
  if (dataset === undefined) throw new Error('the dataset was lost');
  return validationJob('payments', dataset);
}

type Cells = Readonly<Record<string, readonly unknown[]>>;
const parquet = (cells: Cells, types: Readonly<Record<string, string>> = {}, int96 = false): JobFile => ({
  parquet: cells,
  types,
  int96,
});

describeJudge(JOBS_ENV, 'rules of datasets', () => {
  let judge: ValidationJudge;
  beforeAll(async () => {
    judge = await ValidationJudge.start();
  });
  afterAll(() => judge[Symbol.asyncDispose]());

  async function rulesOf(
    columns: Columns,
    rules: Rules | undefined,
    data: Readonly<Record<string, JobFile>>,
  ): Promise<Readonly<Record<string, JudgedRule>>> {
    const result = await judge.check(jobOf(columns, rules), data);
    return Object.fromEntries(result.rules.map((rule) => [rule.name, rule]));
  }

  describe('agree with counting', () => {
    test.each(['rules break as often as by counting', 'any rules are taken or refused'])('%s', async (name) => {
      expect(await judge.counterexample(name)).toBeNull();
    });

    test('every fault is one that counting sees', async () => {
      const { faults } = await judge.names();
      const unseen = [];
      for (const fault of faults) {
        const seen = await judge.counterexample('rules break as often as by counting', fault);
        if (!seen?.startsWith('AssertionError')) unseen.push(`${fault}: ${seen}`);
      }
      expect(unseen).toEqual([]);
      expect(faults.length).toBeGreaterThan(10);
    });
  });

  test('data that keeps every rule is valid, and the result says what was judged', async () => {
    const job = jobOf(
      { id: 'string', amount: 'decimal(12,2)', ts: 'timestamp' },
      {
        minRows: 2,
        columns: {
          id: { maxNulls: '0%', pattern: 't-[0-9]+', unique: true },
          amount: { min: 0, max: 100 },
          ts: { min: '2026-01-01', maxAge: '2 days' },
        },
        ageAt: 'commit',
      },
    );
    const cells = { id: ['t-1', 't-2'], amount: ['0', '100'], ts: ['2026-01-01', '2026-01-29T00:00:00'] };
    const result = await judge.check(job, { a: parquet(cells, { amount: 'decimal', ts: 'local' }) });
    expect(result).toMatchObject({
      schemaVersion: 1,
      status: 'VALID',
      dataset: 'payments',
      snapshot: '42',
      committedAt: '2026-01-30T12:00:00.123Z',
      agesAt: '2026-01-30T12:00:00.123Z',
      rows: 2,
      files: 1,
      violated: [],
    });
    expect(result.rules.map(({ name, status }) => [name, status])).toEqual(
      job.rules.map(({ name }) => [name, 'holds']),
    );
  });

  test('a table without rows has no file, and breaks but the rule that there are rows', async () => {
    const result = await judge.check(jobOf({ id: 'string' }, { columns: { id: { unique: true } } }), {});
    expect(result).toMatchObject({ status: 'INVALID', rows: 0, files: 0, violated: ['rules.minRows'] });
    expect(result.rules[1]).toMatchObject({ name: 'columns.id', status: 'unjudged' });
    expect((await judge.check(jobOf({ id: 'string' }, { minRows: 0 }), {})).status).toBe('VALID');
    const empty = await judge.check(jobOf({ id: 'string' }, { minRows: 0 }), {
      a: parquet({ id: [] }, { id: 'string' }),
    });
    expect(empty).toMatchObject({ status: 'VALID', rows: 0, files: 1 });
  });

  test('of nothing at all the newest is not fresh', async () => {
    const found = await rulesOf({ ts: 'timestamp' }, { minRows: 0, columns: { ts: { maxAge: '1 day' } } }, {});
    expect(found['rules.columns.ts.maxAge']).toMatchObject({ status: 'violated', found: 'it has no value' });
  });

  describe('what lies in the future makes no data new', () => {
    /** Rows of 300 days ago, and some of later. */
    const ofDates = (...later: readonly string[]) => parquet({ t: ['2025-04-07', ...later, null] }, { t: 'date' });
    const ofTimes = (form: 'local' | 'timestamp' | 'milliseconds' | 'nanoseconds' | 'int96') => {
      const types = { t: form === 'int96' ? 'local' : form };
      const zone = form === 'timestamp' || form === 'nanoseconds' ? 'Z' : '';
      return (...later: readonly string[]) =>
        parquet({ t: ['2025-04-07', ...later].map((day) => `${day}T00:00:00${zone}`) }, types, form === 'int96');
    };
    const aged = async (type: 'date' | 'timestamp', files: Readonly<Record<string, JobFile>>, more: Rules = {}) => {
      const found = await rulesOf({ t: type }, { columns: { t: { maxAge: '2 days' } }, ...more }, files);
      return found['rules.columns.t.maxAge'];
    };

    test.each([
      ['dates', 'date', ofDates, '299 days'],
      ['times of Athena', 'timestamp', ofTimes('milliseconds'), '300 days'],
      ['times of Athena in old files', 'timestamp', ofTimes('int96'), '300 days'],
      ['times of BigQuery', 'timestamp', ofTimes('timestamp'), '300 days'],
      ['times without a zone', 'timestamp', ofTimes('local'), '300 days'],
      ['nanoseconds', 'timestamp', ofTimes('nanoseconds'), '300 days'],
    ] as const)('%s', async (_, type, of, age) => {
      const last = type === 'date' ? '2025-04-07' : '2025-04-07T00:00:00Z';
      const farthest = of === ofDates ? '9999-12-31' : '2261-12-31';
      const future = await aged(type, { a: of('2099-01-01'), b: of('2026-02-03', farthest) });
      expect(future).toMatchObject({
        status: 'violated',
        found: `it is ${last}, ${age} old, without 3 values more than 1 day in the future`,
        examples: [last],
      });
      // The judge's clock stands at the beginning of the first of February: a day later counts as new.
      expect(await aged(type, { a: of('2099-01-01'), b: of('2026-02-02') })).toMatchObject({ status: 'holds' });
      expect(await aged(type, { a: of() })).toMatchObject({ status: 'violated', found: `it is ${last}, ${age} old` });
    });

    test('no other values are none', async () => {
      const t = ['9999-12-31T23:59:59.999999', null, '2026-02-02T00:00:00.000001'];
      expect(await aged('timestamp', { a: parquet({ t }, { t: 'local' }) })).toMatchObject({
        status: 'violated',
        found: 'all its values (2) lie more than 1 day in the future',
        examples: [],
      });
    });

    test('is what came after the commit where ages are counted to it', async () => {
      const data = { a: ofDates('2026-02-01') };
      expect(await aged('date', data)).toMatchObject({ status: 'holds' });
      expect(await aged('date', data, { ageAt: 'commit' })).toMatchObject({
        status: 'violated',
        found: 'it is 2025-04-07, 297 days 12 hours old, without 1 value more than 1 day in the future',
      });
    });
  });

  test('nulls and NaN are no values: they break no rule but that of nulls', async () => {
    const found = await rulesOf(
      { x: 'double', kind: 'string' },
      { columns: { x: { min: 0, max: 1, unique: true, maxNulls: '50%' }, kind: { values: ['a'], maxNulls: '99%' } } },
      { a: parquet({ x: ['nan', null, 'nan', 0.5], kind: [null, null, null, null] }, { x: 'double', kind: 'null' }) },
    );
    expect(found['rules.columns.x.maxNulls']).toMatchObject({
      status: 'violated',
      rows: 3,
      expected: 'x has no value in 50% of the rows or less',
      found: 'it has none in 3 of 4 rows, 75%',
      examples: [],
    });
    expect(found['rules.columns.kind.maxNulls']).toMatchObject({ status: 'violated', rows: 4 });
    const held = Object.values(found).filter(({ status }) => status === 'holds');
    expect(held.map(({ name }) => name)).toEqual([
      'rules.minRows',
      'columns.x',
      'columns.kind',
      'rules.columns.x.min',
      'rules.columns.x.max',
      'rules.columns.x.unique',
      'rules.columns.kind.values',
    ]);
  });

  test('a percentage is exact', async () => {
    const x = Array.from({ length: 1000 }, (_, i) => (i < 23 ? null : i));
    const share = async (maxNulls: string) =>
      (await judge.check(jobOf({ x: 'int' }, { columns: { x: { maxNulls } } }), { a: parquet({ x }, { x: 'int64' }) }))
        .status;
    expect([await share('2.3%'), await share('2.299999%')]).toEqual(['VALID', 'INVALID']);
  });

  test('types are those of every engine that freezes; others are named with their files', async () => {
    const columns = { n: 'int', x: 'float', s: 'string', t: 'timestamp', d: 'date', a: 'decimal(12,2)', b: 'binary' };
    const cells = { n: [1], x: [1], s: ['s'], t: ['2026-01-01'], d: ['2026-01-01'], a: ['1.25'], b: [null] };
    const zoned = { ...cells, t: ['2026-01-01T00:00:00Z'] };
    const athena = { n: 'int32', x: 'float32', s: 'string', t: 'local', d: 'date', a: 'decimal', b: 'binary' };
    const bigQuery = { ...athena, n: 'int64', x: 'double', t: 'timestamp' };
    const result = await judge.check(jobOf(columns), {
      '20260101_000000_00001_abcde': parquet(cells, athena, true),
      'b/000000000000.parquet': parquet(zoned, bigQuery),
      'c.parquet': parquet(zoned, { ...athena, s: 'dictionary', t: 'nanoseconds' }),
      _SUCCESS: '',
    });
    expect(result).toMatchObject({ status: 'VALID', rows: 3, files: 3 });

    const { n: _, ...without } = cells;
    const found = await rulesOf(
      columns,
      { columns: { n: { min: 5 }, x: { max: 0 } } },
      {
        a: parquet(cells, athena),
        b: parquet(without, athena),
        c: parquet({ ...cells, x: ['one'] }, { ...athena, x: 'string' }),
      },
    );
    expect(found['columns.n']).toMatchObject({
      status: 'violated',
      rows: 1,
      expected: 'n is int',
      found: 'there is no such column in 1 file of 1 row',
    });
    expect(found['columns.x']).toMatchObject({ status: 'violated', found: 'it is string in 1 file of 1 row' });
    expect(found['rules.columns.n.min']).toMatchObject({
      status: 'violated',
      rows: 2,
      unjudgedRows: 1,
      examples: ['1'],
    });
    expect(found['rules.columns.x.max']).toMatchObject({ status: 'violated', rows: 2, unjudgedRows: 1 });
  });

  test('a rule of a column that no file has is not judged', async () => {
    const found = await rulesOf(
      { id: 'string', ts: 'timestamp' },
      { columns: { ts: { maxAge: '1 day' } }, unique: { pair: ['id', 'ts'] } },
      { a: parquet({ id: ['a'] }) },
    );
    expect(found['columns.ts']).toMatchObject({ status: 'violated' });
    expect(found['rules.columns.ts.maxAge']).toMatchObject({ status: 'unjudged', unjudgedRows: 1 });
    expect(found['rules.unique.pair']).toMatchObject({ status: 'unjudged' });
  });

  test('values that the declared type cannot hold, though that of the file can', async () => {
    const found = await rulesOf({ n: 'int', a: 'decimal(4,2)' }, undefined, {
      a: parquet({ n: [2 ** 31 - 1, 2 ** 31, null], a: ['99.99', '100', '0.001'] }, { n: 'int64', a: 'decimal' }),
    });
    expect(found['columns.n']).toMatchObject({
      rows: 1,
      examples: ['2147483648'],
      found: '1 row has a value beyond it',
    });
    expect(found['columns.a']).toMatchObject({ rows: 2, examples: ['100', '0.001'] });
  });

  test('decimals are judged by every digit', async () => {
    const whole = '9'.repeat(35);
    const found = await rulesOf({ a: 'decimal(38,1)' }, undefined, {
      a: parquet({ a: [`${whole}.9`, `${whole}.999`] }, { a: 'decimal(38,3)' }),
    });
    expect(found['columns.a']).toMatchObject({ rows: 1, examples: [`${whole}.999`] });
    const narrow = await rulesOf({ a: 'decimal(35,0)' }, undefined, {
      a: parquet({ a: [whole] }, { a: 'decimal(38,3)' }),
    });
    expect(narrow['columns.a']).toMatchObject({ status: 'holds' });
  });

  test('bounds are exact in the type of the column', async () => {
    const found = await rulesOf(
      { f: 'float', a: 'decimal(12,2)', t: 'timestamp' },
      { columns: { f: { max: 0.1 }, a: { min: 0.015 }, t: { max: '2026-01-01T01:00:00+01:00' } } },
      {
        a: parquet(
          {
            f: [0.1, 0.11, 'inf'],
            a: ['0.01', '0.02', '-5'],
            t: ['2026-01-01T00:00:00.001', '2026-01-01', '9999-12-31'],
          },
          { f: 'float32', a: 'decimal', t: 'local' },
        ),
      },
    );
    expect(found['rules.columns.f.max']).toMatchObject({ rows: 2, examples: ['0.11', 'inf'] });
    expect(found['rules.columns.a.min']).toMatchObject({ rows: 2, examples: ['0.01', '-5'] });
    expect(found['rules.columns.t.max']).toMatchObject({
      rows: 2,
      expected: 't is 2026-01-01T00:00:00.000Z or less',
      examples: ['2026-01-01T00:00:00.001Z', '9999-12-31T00:00:00Z'],
    });
  });

  test('tells five values at most, each short and on one line, of the column that breaks a rule and no other', async () => {
    const texts = Array.from({ length: 50 }, (_, i) => `wrong ${i}`);
    const kind = ['x'.repeat(500), 'line\nfeed "\u202e', ...texts];
    const secret = kind.map((_, i) => `secret-${i}`);
    const job = jobOf(
      { kind: 'string', secret: 'string', n: 'int' },
      { columns: { kind: { values: ['right'] }, n: { unique: true } }, unique: { pair: ['n', 'kind'] } },
    );
    const n = kind.map(() => 7);
    const data = { a: parquet({ kind, secret, n }, { n: 'int32' }), b: parquet({ kind, secret, n }, { n: 'int32' }) };
    const run = await judge.run({
      'rules/rules.json': { json: job },
      ...Object.fromEntries(Object.entries(data).map(([name, file]) => [`data/${name}`, file])),
    });
    const [values, unique, pair] = run.result?.rules.slice(-3) ?? [];
    expect(values?.examples).toEqual([
      `"${'x'.repeat(39)}…"`,
      '"line\\u{a}feed \\"\\u{202e}"',
      '"wrong 0"',
      '"wrong 1"',
      '"wrong 2"',
    ]);
    expect(unique).toMatchObject({ rows: 104, found: '104 rows share 1 value', examples: ['7'] });
    expect(pair).toMatchObject({ rows: 104, found: '104 rows share 52 values', examples: [] });
    expect(`${run.stdout}${run.text}`).not.toContain('secret-');
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(4);
  });
});
