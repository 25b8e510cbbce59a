import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { SpecError } from '../../../lib/spec/problem';

const COLUMNS = {
  flag: 'boolean',
  small: 'int',
  large: 'bigint',
  ratio: 'float',
  amount: 'double',
  price: 'decimal(10,2)',
  born: 'date',
  ts: 'timestamp',
  id: 'string',
  hash: 'binary',
};

/** What is wrong with partitions of a table, as `index message`; the texts of each problem are all there. */
function problems(partitionBy: readonly string[], columns: object = COLUMNS) {
  try {
    loadPlatformSpec({
      name: 'fraud',
      owner: 'a@example.com',
      aws: { region: 'eu-central-1' },
      dataLake: { zones: { raw: {} }, datasets: { t: { zone: 'raw', columns, partitionBy } } },
    });
    return [];
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
}

const at = (index: number) => `dataLake.datasets.t.partitionBy[${index}]`;

describe('partitions', () => {
  test('of every kind that Iceberg has are taken', () => {
    expect(problems(['day(ts)', 'bucket(16, id)', 'bucket(4,ts)', 'ts', 'month(born)', 'flag', 'amount'])).toEqual([]);
    expect(problems(['small', 'large', 'price', 'born', 'ts', 'id', 'hash'].map((c) => `bucket(8, ${c})`))).toEqual([]);
    expect(problems(['hour(ts)', 'year(born)'])).toEqual([]);
  });

  test.each(['flag', 'ratio', 'amount'] as const)('never divide %s into buckets', (column) => {
    expect(problems([`bucket(16, ${column})`])).toMatchObject([
      {
        path: at(0),
        message: `bucket() cannot divide a ${COLUMNS[column]}, and ${column} is one`,
        received: `"bucket(16, ${column})"`,
        allowed: 'bucket() of any type but boolean, float, double',
        fix: `write ${column}, or bucket() of another column`,
      },
    ]);
  });

  test('never name a bucket as the way out for what has none', () => {
    expect(problems(['day(amount)'])).toMatchObject([{ path: at(0), fix: 'write amount' }]);
    expect(problems(['day(id)'])).toMatchObject([{ path: at(0), fix: 'write bucket(16, id) or id' }]);
  });

  test('need at least one bucket', () => {
    expect(problems(['bucket(0, id)'])).toMatchObject([{ path: at(0), message: expect.stringContaining('n from 1') }]);
    expect(problems(['bucket(1, id)', 'bucket(9999, small)'])).toEqual([]);
  });

  test('are by time once a column: a finer one implies the coarser', () => {
    expect(problems(['year(ts)', 'id', 'month(ts)', 'year(born)'])).toMatchObject([
      {
        path: at(2),
        message: 'ts is partitioned by time already: year(ts)',
        allowed: expect.stringContaining('one of year(), month(), day() and hour()'),
        fix: 'keep one of year(ts) and month(ts)',
      },
    ]);
  });

  test.each([
    ['id', 'id', 'id is partitioned by its value twice'],
    ['day(ts)', 'day(ts)', 'ts is partitioned by day() twice'],
    ['bucket(8, id)', 'bucket(16, id)', 'id is partitioned by bucket() twice'],
  ])('%s and %s are one too many', (first, second, message) => {
    expect(problems([first, second])).toMatchObject([
      { path: at(1), message, allowed: `one of ${first} and ${second}`, fix: 'remove this one' },
    ]);
  });

  test.each([
    ['day(ts)', 'ts_day'],
    ['hour(ts)', 'ts_hour'],
    ['bucket(16, id)', 'id_bucket'],
  ])('%s needs the name %s for itself', (partition, column) => {
    expect(problems([partition], { ...COLUMNS, [column]: 'int' })).toMatchObject([
      {
        path: at(0),
        message: `${partition} makes a partition named ${column}, and a column has that name`,
        allowed: `${partition} in a dataset without a column ${column}`,
        fix: `give the column ${column} another name, or partition by something else`,
      },
    ]);
    expect(problems(['ts', 'id'], { ...COLUMNS, [column]: 'int' })).toEqual([]);
  });

  test('of one table never share a name, with each other or with a column, once they are taken', () => {
    const partition = fc
      .tuple(fc.constantFrom('', 'year', 'month', 'day', 'hour', 'bucket'), fc.constantFrom('ts', 'id', 'ts_day'))
      .map(([transform, column]) => ({ transform, column }));
    const written = ({ transform, column }: { transform: string; column: string }) =>
      transform === '' ? column : `${transform}(${transform === 'bucket' ? '4, ' : ''}${column})`;
    const columns = { ts: 'timestamp', id: 'string', ts_day: 'date' };
    fc.assert(
      fc.property(fc.array(partition, { maxLength: 3 }), (list) => {
        if (problems(list.map(written), columns).length > 0) return;
        const fields = list.map(({ transform, column }) => (transform === '' ? column : `${column}_${transform}`));
        expect(new Set(fields).size).toBe(fields.length);
        for (const [i, { transform }] of list.entries())
          if (transform !== '') expect(Object.keys(columns)).not.toContain(fields[i]);
      }),
    );
  });
});
