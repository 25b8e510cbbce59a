import { describe, expect, test } from 'vitest';
import { bigQueryColumn, fitsBigQuery, lastingFact } from '../../../lib/plan/bigquery-columns';
import { widens } from '../../../lib/plan/table-columns';

const TYPES = ['boolean', 'int', 'bigint', 'float', 'double', 'date', 'timestamp', 'string', 'binary'];

describe('columns of BigQuery', () => {
  test('every type of a spec is one of BigQuery', () => {
    expect(TYPES.map((type) => `${type} ${bigQueryColumn('c', type).type}`)).toEqual([
      'boolean BOOL',
      'int INT64',
      'bigint INT64',
      'float FLOAT64',
      'double FLOAT64',
      'date DATE',
      'timestamp TIMESTAMP',
      'string STRING',
      'binary BYTES',
    ]);
  });

  test('a decimal has its digits as texts, and a scale only where there is one', () => {
    expect(bigQueryColumn('amount', 'decimal(12,2)')).toEqual({
      name: 'amount',
      type: 'NUMERIC',
      mode: 'NULLABLE',
      precision: '12',
      scale: '2',
    });
    expect(bigQueryColumn('amount', 'decimal(12,0)')).not.toHaveProperty('scale');
  });

  test.each([
    ['decimal(38,9)', true],
    ['decimal(29,0)', true],
    ['decimal(30,0)', false],
    ['decimal(38,8)', false],
    ['decimal(10,10)', false],
    ['decimal(9,9)', true],
    ['string', true],
  ])('%s fits: %s', (type, fits) => {
    expect(fitsBigQuery(type)).toBe(fits);
    if (!fits) expect(() => bigQueryColumn('c', type)).toThrow(`BigQuery has no column of type ${type} (c)`);
  });

  test('what lasts of a column lasts through every widening, and through nothing else', () => {
    const types = [...TYPES, 'decimal(9,2)', 'decimal(12,2)', 'decimal(12,4)'];
    const same = (from: string, to: string) => lastingFact('t', 'c', from) === lastingFact('t', 'c', to);
    for (const from of types)
      for (const to of types) if (widens(from, to)) expect(same(from, to), `${from} to ${to}`).toBe(true);
    expect(same('int', 'string')).toBe(false);
    expect(same('decimal(12,2)', 'decimal(12,4)')).toBe(false);
    expect(lastingFact('transactions', 'amount', 'decimal(12,2)')).toBe(
      'transactions.amount NUMERIC with 2 digits after the point',
    );
  });
});
