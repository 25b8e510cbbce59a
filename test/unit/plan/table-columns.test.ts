import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { desiredTable, partitionText, TYPE_WIDTHS, widens } from '../../../lib/plan/table-columns';
import { dataLake } from '../../../lib/spec/data-lake';

const PLACE = { database: 'fraud_curated', location: 's3://lake/tables/transactions/' };

const decimal = fc
  .tuple(fc.integer({ min: 1, max: 38 }), fc.integer({ min: 0, max: 38 }))
  .filter(([precision, scale]) => scale <= precision)
  .map(([precision, scale]) => `decimal(${precision},${scale})`);
const type = fc.oneof(
  fc.constantFrom('boolean', 'int', 'bigint', 'float', 'double', 'date', 'timestamp', 'string', 'binary'),
  decimal,
);

describe('the desired table of a dataset', () => {
  const { datasets } = dataLake.parse({
    zones: { curated: {} },
    datasets: {
      transactions: {
        zone: 'curated',
        columns: { card_id: 'string', amount: 'decimal(10, 2)', ts: 'timestamp' },
        partitionBy: ['day(ts)', 'bucket(16, card_id)', 'amount'],
        snapshots: { keep: 3, maxAge: '2 weeks' },
      },
    },
  });

  test('says everything there is to know about the table, in the order of the spec', () => {
    const spec = datasets.transactions;
    expect(spec && desiredTable('transactions', spec, PLACE)).toEqual({
      version: 1,
      ...PLACE,
      table: 'transactions',
      columns: ['card_id string', 'amount decimal(10,2)', 'ts timestamp'],
      partitionBy: ['day(ts)', 'bucket(16,card_id)', 'amount'],
      snapshots: { keep: 3, days: 14 },
    });
  });

  test('writes a partition so that the spec reads it again', () => {
    const texts = ['id', 'year(ts)', 'month(ts)', 'day(ts)', 'hour(ts)', 'bucket(7,id)'];
    const columns = { id: 'string', ts: 'timestamp' };
    const parsed = dataLake.parse({
      zones: { z: {} },
      datasets: { d: { zone: 'z', columns, partitionBy: texts } },
    }).datasets.d;
    expect(parsed?.partitionBy.map(partitionText)).toEqual(texts);
  });
});

describe('widening', () => {
  test.each([
    ['int', 'bigint'],
    ['float', 'double'],
    ['decimal(10,2)', 'decimal(11,2)'],
    ['decimal(9,0)', 'decimal(38,0)'],
  ])('%s becomes %s, and never the other way round', (narrow, wide) => {
    expect(widens(narrow, wide)).toBe(true);
    expect(widens(wide, narrow)).toBe(false);
  });

  test.each([
    ['int', 'double'],
    ['bigint', 'double'],
    ['int', 'decimal(38,0)'],
    ['float', 'decimal(38,10)'],
    ['decimal(10,2)', 'decimal(12,4)'],
    ['decimal(10,2)', 'double'],
    ['date', 'timestamp'],
    ['int', 'string'],
    ['string', 'binary'],
  ])('%s does not become %s', (from, to) => expect(widens(from, to)).toBe(false));

  test('is an order: nothing widens to itself, no two to each other, and two steps are one', () => {
    fc.assert(fc.property(type, (one) => !widens(one, one)));
    fc.assert(fc.property(type, type, (one, other) => !(widens(one, other) && widens(other, one))));
    fc.assert(fc.property(type, type, type, (a, b, c) => !(widens(a, b) && widens(b, c)) || widens(a, c)));
  });

  test('among decimals is a higher precision at the same scale, and nothing else', () => {
    fc.assert(
      fc.property(decimal, decimal, (from, to) => {
        const [p1, s1] = from.match(/\d+/g)?.map(Number) ?? [];
        const [p2, s2] = to.match(/\d+/g)?.map(Number) ?? [];
        expect(widens(from, to)).toBe(s1 === s2 && Number(p2) > Number(p1));
      }),
    );
  });

  test('never crosses families', () => {
    const families = Object.entries(TYPE_WIDTHS);
    for (const [from, narrow] of families)
      for (const [to, wide] of families)
        expect(widens(from, to)).toBe(narrow.family === wide.family && from !== to && narrow.width < wide.width);
  });
});
