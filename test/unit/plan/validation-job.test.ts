import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { lakeSpec } from '../../../lib/plan/lake-spec';
import { pipelineChecks } from '../../../lib/plan/validation/pipeline-checks';
import { RULES_FILE, validationFiles, validationJob } from '../../../lib/plan/validation/validation-job';
import type { DatasetSpec, dataLake } from '../../../lib/spec/data-lake';

/** A dataset as a spec writes it. */
type Written = NonNullable<z.input<typeof dataLake>['datasets']>[string];

function datasetOf(columns: Written['columns'], rules: Written['rules'] = {}): DatasetSpec {
  const lake = lakeSpec(
    { target: { aws: { region: 'eu-central-1' } }, checks: [] },
    { raw: {} },
    { t: { zone: 'raw', columns, rules } },
  );
  const dataset = lake.datasets.t;
  if (dataset === undefined) throw new Error('the dataset was lost');
  return dataset;
}

describe('what a dataset is checked against', () => {
  test('is, without rules, that there are rows and every column with its type', () => {
    expect(validationJob('t', datasetOf({ id: 'string', amount: 'decimal(12,2)' }))).toEqual({
      schemaVersion: 1,
      dataset: 't',
      ageAt: 'run',
      rules: [
        { name: 'rules.minRows', kind: 'rows', atLeast: 1 },
        { name: 'columns.id', kind: 'type', column: 'id', type: 'string' },
        { name: 'columns.amount', kind: 'type', column: 'amount', type: 'decimal(12,2)' },
      ],
    });
  });

  test('has every rule by the place where the spec has it, all written out', () => {
    const dataset = datasetOf(
      { id: 'string', n: 'int', born: 'date', ts: 'timestamp' },
      {
        minRows: 0,
        ageAt: 'commit',
        columns: {
          id: { pattern: '[a-z]+', unique: true, maxNulls: '2.3%' },
          n: { min: 0, max: 9, values: [0, 9], unique: false },
          born: { min: '2026-01-31' },
          ts: { max: '2026-01-31T01:00:00+01:00', maxAge: '2 days' },
        },
        unique: { pair: ['id', 'ts'] },
      },
    );
    const { ageAt, rules } = validationJob('t', dataset);
    expect(ageAt).toBe('commit');
    expect(rules.filter(({ kind }) => kind !== 'type')).toEqual([
      { name: 'rules.minRows', kind: 'rows', atLeast: 0 },
      { name: 'rules.columns.id.maxNulls', kind: 'nulls', column: 'id', atMostPercent: 2.3 },
      { name: 'rules.columns.id.pattern', kind: 'pattern', column: 'id', pattern: '[a-z]+' },
      { name: 'rules.columns.id.unique', kind: 'unique', columns: ['id'] },
      { name: 'rules.columns.n.min', kind: 'min', column: 'n', bound: 0 },
      { name: 'rules.columns.n.max', kind: 'max', column: 'n', bound: 9 },
      { name: 'rules.columns.n.values', kind: 'values', column: 'n', allowed: [0, 9] },
      { name: 'rules.columns.born.min', kind: 'min', column: 'born', bound: '2026-01-31' },
      { name: 'rules.columns.ts.max', kind: 'max', column: 'ts', bound: '2026-01-31T00:00:00.000Z' },
      { name: 'rules.columns.ts.maxAge', kind: 'age', column: 'ts', atMostSeconds: 172_800 },
      { name: 'rules.unique.pair', kind: 'unique', columns: ['id', 'ts'] },
    ]);
  });

  test('is a file of JSON that says the same, whenever it is asked for', () => {
    const dataset = datasetOf({ id: 'string' }, { columns: { id: { unique: true } } });
    const files = validationFiles('t', dataset);
    expect(Object.keys(files)).toEqual([RULES_FILE]);
    expect(JSON.parse(files[RULES_FILE] ?? '')).toEqual(validationJob('t', dataset));
    expect(validationFiles('t', dataset)).toEqual(files);
  });

  test('is given once for each dataset that a pipeline checks, and for no other', () => {
    const dataset = datasetOf({ id: 'string' });
    const check = (name: string, of: string) => ({ kind: 'validation', name, dataset: of }) as never;
    const steps = [check('one', 't'), check('two', 't'), { kind: 'processing', name: 'prepare' } as never];
    const checks = pipelineChecks({ steps }, { t: dataset, other: dataset });
    expect(checks).toEqual({ t: validationFiles('t', dataset) });
  });
});
