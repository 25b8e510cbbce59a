import type { DatasetSpec } from '../spec/data-lake';
import { eachEntry } from '../spec/each-entry';
import { entryOf } from '../spec/entry-of';
import type { Finding, Path } from '../spec/problem';
import type { SpecCheck } from '../spec/references';
import { clusteringOf, MOST_CLUSTERING_COLUMNS, UNCLUSTERED_TYPES } from './bigquery-clustering';
import { fitsBigQuery, NUMERIC_DIGITS } from './bigquery-columns';
import { snapshotDays, TIME_TRAVEL_DAYS } from './bigquery-time-travel';

/** What is wrong with one dataset. Paths begin at the dataset. */
type DatasetRule = (dataset: DatasetSpec) => readonly Finding[];

const historyThatIsKept: DatasetRule = ({ snapshots }) => {
  const { min, max } = TIME_TRAVEL_DAYS;
  const days = snapshotDays({ snapshots });
  if (days >= min && days <= max) return [];
  return [
    {
      path: ['snapshots', 'maxAge'],
      message: 'is no time that BigQuery keeps the history of a table for',
      received: snapshots.maxAge.text,
      allowed: `${min} to ${max} days on Google Cloud`,
      fix: `write ${days < min ? min : max} days`,
    },
  ];
};

const decimalsThatFit: DatasetRule = ({ columns }) =>
  Object.entries(columns)
    .filter(([, type]) => !fitsBigQuery(type))
    .map(([name, type]) => ({
      path: ['columns', name],
      message: `an Iceberg table of BigQuery has no ${type}`,
      received: type,
      allowed: `decimals with up to ${NUMERIC_DIGITS.beforePoint} digits before the point and ${NUMERIC_DIGITS.afterPoint} after it on Google Cloud`,
      fix: 'write fewer digits, for example decimal(38,9), or string',
    }));

/** Beginnings of names that BigQuery keeps for itself, whatever the case. Source: its documentation, "Column names". */
export const RESERVED_COLUMNS = [
  '_table_',
  '_file_',
  '_partition',
  '_row_timestamp',
  '__root__',
  '_colidentifier',
  '_change_sequence_number',
  '_change_type',
  '_change_timestamp',
];

const freeNames: DatasetRule = ({ columns }) =>
  Object.keys(columns).flatMap((name) => {
    const prefix = RESERVED_COLUMNS.find((reserved) => name.startsWith(reserved));
    if (prefix === undefined) return [];
    return [
      {
        path: ['columns', name],
        message: `BigQuery keeps names that begin with ${prefix} for itself`,
        received: name,
        allowed: 'any other name',
        fix: `write ${name.replace(/^_+/, '')}`,
        at: 'key' as const,
      },
    ];
  });

const columnsThatCluster: DatasetRule = ({ columns, partitionBy }) =>
  partitionBy.flatMap(({ column }, i) => {
    const type = entryOf(columns, column);
    if (type === undefined || !UNCLUSTERED_TYPES.has(type)) return [];
    return [
      {
        path: ['partitionBy', i],
        message: `BigQuery clusters tables where others partition them, and never by a ${type} such as ${column}`,
        received: column,
        allowed: `a column of any type but ${[...UNCLUSTERED_TYPES].join(', ')} on Google Cloud`,
        fix: 'remove it, or partition by another column',
      },
    ];
  });

const fewClusteringColumns: DatasetRule = ({ partitionBy }) => {
  const columns = clusteringOf({ partitionBy });
  if (columns.length <= MOST_CLUSTERING_COLUMNS) return [];
  return [
    {
      path: ['partitionBy'],
      message: `BigQuery clusters a table by ${MOST_CLUSTERING_COLUMNS} columns at most`,
      received: columns.join(', '),
      allowed: `partitions of 1 to ${MOST_CLUSTERING_COLUMNS} different columns on Google Cloud`,
      fix: `keep ${columns.slice(0, MOST_CLUSTERING_COLUMNS).join(', ')}`,
    },
  ];
};

const RULES: readonly DatasetRule[] = [
  historyThatIsKept,
  decimalsThatFit,
  freeNames,
  columnsThatCluster,
  fewClusteringColumns,
];

/** What is wrong with a dataset as a table of BigQuery. Paths begin at `at`. */
export function bigQueryFindings(at: Path, dataset: DatasetSpec): readonly Finding[] {
  return RULES.flatMap((rule) => rule(dataset)).map((finding) => ({ ...finding, path: [...at, ...finding.path] }));
}

const tablesOfBigQuery: SpecCheck = ({ gcp, dataLake }, report) => {
  if (gcp === undefined) return;
  eachEntry(dataLake?.datasets ?? {}, (dataset, name) => {
    for (const finding of bigQueryFindings(['dataLake', 'datasets', name], dataset)) report(finding);
  });
};

/** Rules that come from what BigQuery has. They hold where a spec lives on Google Cloud. */
export const GCP_LAKE_CHECKS: readonly SpecCheck[] = [tablesOfBigQuery];
