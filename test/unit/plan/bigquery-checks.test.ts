import { describe, expect, test } from 'vitest';
import { clusteringOf } from '../../../lib/plan/bigquery-clustering';
import { timeTravelHours } from '../../../lib/plan/bigquery-time-travel';
import { GCP_LAKE_CHECKS } from '../../../lib/plan/gcp-lake-checks';
import { type PlatformSpecInput, platformSchema } from '../../../lib/spec/platform';
import { type Finding, formatPath } from '../../../lib/spec/problem';

type DatasetInput = NonNullable<NonNullable<PlatformSpecInput['dataLake']>['datasets']>[string];

const GCP = { project: 'fraud-prod', projectNumber: 1, region: 'europe-west4' } as const;
const AWS = { region: 'eu-central-1' } as const;

function spec(dataset: Partial<DatasetInput>, target: object = { gcp: GCP }) {
  return platformSchema.parse({
    name: 'fraud',
    owner: 'a@example.com',
    ...target,
    dataLake: { zones: { raw: {} }, datasets: { events: { zone: 'raw', columns: { id: 'string' }, ...dataset } } },
  });
}

function findings(dataset: Partial<DatasetInput>, target?: object): readonly string[] {
  const found: Finding[] = [];
  for (const check of GCP_LAKE_CHECKS) check(spec(dataset, target), (finding) => found.push(finding));
  return found.map(({ path, message, fix }) => `${formatPath(path)}: ${message}; ${fix}`);
}

describe('tables that BigQuery cannot have', () => {
  test('are no matter where a spec does not live on Google Cloud', () => {
    expect(findings({ snapshots: { maxAge: '30 days' } }, { aws: AWS })).toEqual([]);
  });

  test.each([
    ['1 day', '2'],
    ['8 days', '7'],
  ])('history of %s', (maxAge, days) => {
    expect(findings({ snapshots: { maxAge } })).toEqual([
      `dataLake.datasets.events.snapshots.maxAge: is no time that BigQuery keeps the history of a table for; write ${days} days`,
    ]);
  });

  test('history of 2 to 7 days is had, and the longest of a zone holds for all of it', () => {
    expect(findings({ snapshots: { maxAge: '2 days' } })).toEqual([]);
    expect(findings({ snapshots: { maxAge: '7 days' } })).toEqual([]);
    const of = (maxAge: string) => Object.values(spec({ snapshots: { maxAge } }).dataLake?.datasets ?? {});
    expect(timeTravelHours([...of('3 days'), ...of('5 days')])).toBe(120);
    expect(timeTravelHours([])).toBe(168);
  });

  test('decimals of too many digits, names that are taken', () => {
    expect(findings({ columns: { a: 'decimal(30,0)', b: 'decimal(12,2)', _partition_day: 'date' } })).toEqual([
      'dataLake.datasets.events.columns.a: an Iceberg table of BigQuery has no decimal(30,0); write fewer digits, for example decimal(38,9), or string',
      'dataLake.datasets.events.columns._partition_day: BigQuery keeps names that begin with _partition for itself; write partition_day',
    ]);
  });

  test('columns that a table cannot be clustered by, and too many of them', () => {
    const columns = { a: 'string', b: 'string', c: 'date', d: 'int', e: 'string', f: 'double' };
    expect(findings({ columns, partitionBy: ['a', 'bucket(4,b)', 'day(c)', 'd', 'e', 'f'] })).toEqual([
      'dataLake.datasets.events.partitionBy[5]: BigQuery clusters tables where others partition them, and never by a double such as f; remove it, or partition by another column',
      'dataLake.datasets.events.partitionBy: BigQuery clusters a table by 4 columns at most; keep a, b, c, d',
    ]);
    expect(findings({ columns, partitionBy: ['a', 'bucket(4,a)', 'day(c)', 'd', 'e'] })).toEqual([]);
  });

  test('a column clusters once, in the order of the partitions', () => {
    const { datasets = {} } = spec({
      columns: { a: 'string', ts: 'timestamp' },
      partitionBy: ['day(ts)', 'bucket(4,a)', 'a'],
    }).dataLake ?? { datasets: {} };
    expect(Object.values(datasets).map(clusteringOf)).toEqual([['ts', 'a']]);
  });
});
