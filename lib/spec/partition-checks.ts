import type { DatasetSpec, PartitionSpec } from './data-lake';
import { eachEntry } from './each-entry';
import { entryOf } from './entry-of';
import type { PlatformSpec } from './platform';
import type { Finding, Path, Report } from './problem';
import { unknownName } from './unknown-name';

/** What is wrong with one partition of a dataset, all but its place. */
type Breach = Omit<Finding, 'path'>;

type PartitionRule = (
  partition: PartitionSpec,
  type: string,
  dataset: Pick<DatasetSpec, 'columns'> & { readonly before: readonly PartitionSpec[] },
) => Breach | undefined;

const TIME_TYPES = new Set(['date', 'timestamp']);
const TIME_TRANSFORMS = new Set(['year', 'month', 'day', 'hour']);
const NO_BUCKETS = new Set(['boolean', 'float', 'double']);

const isTime = ({ transform }: PartitionSpec): boolean => TIME_TRANSFORMS.has(transform);

const written = ({ transform, column, buckets }: PartitionSpec): string =>
  transform === 'identity' ? column : `${transform}(${buckets === undefined ? '' : `${buckets}, `}${column})`;

const hourOfTimestamp: PartitionRule = ({ transform, column }, type) =>
  transform === 'hour' && type !== 'timestamp'
    ? {
        message: `hour() needs a timestamp, and ${column} is ${type}`,
        allowed: 'hour() of a timestamp; year(), month() and day() of a date or timestamp',
        fix: TIME_TYPES.has(type) ? `write day(${column})` : 'partition by a column of type timestamp',
      }
    : undefined;

const timeOfTime: PartitionRule = ({ transform, column }, type) =>
  ['year', 'month', 'day'].includes(transform) && !TIME_TYPES.has(type)
    ? {
        message: `${transform}() needs a date or timestamp, and ${column} is ${type}`,
        allowed: 'a column of type date or timestamp; bucket(n, column) or the bare column for other types',
        fix: NO_BUCKETS.has(type) ? `write ${column}` : `write bucket(16, ${column}) or ${column}`,
      }
    : undefined;

/** Source: Iceberg table specification, "Partition Transforms". */
const bucketOfHashed: PartitionRule = ({ transform, column }, type) =>
  transform === 'bucket' && NO_BUCKETS.has(type)
    ? {
        message: `bucket() cannot divide a ${type}, and ${column} is one`,
        allowed: `bucket() of any type but ${[...NO_BUCKETS].join(', ')}`,
        fix: `write ${column}, or bucket() of another column`,
      }
    : undefined;

/** Iceberg refuses a partition of time that another of the same column implies, and any two of one name. */
const onceEach: PartitionRule = (partition, _, { before }) => {
  const { column, transform } = partition;
  const same = before.find((other) => other.column === column && other.transform === transform);
  if (same !== undefined)
    return {
      message: `${column} is partitioned by ${transform === 'identity' ? 'its value' : `${transform}()`} twice`,
      allowed: `one of ${written(same)} and ${written(partition)}`,
      fix: 'remove this one',
    };
  const other = isTime(partition) ? before.find((one) => one.column === column && isTime(one)) : undefined;
  if (other === undefined) return undefined;
  return {
    message: `${column} is partitioned by time already: ${written(other)}`,
    allowed:
      'one of year(), month(), day() and hour() of a column; the finer one serves queries by the coarser as well',
    fix: `keep one of ${written(other)} and ${written(partition)}`,
  };
};

/** Iceberg names what it partitions by after the column: `ts_day`, `card_id_bucket`. No column may have that name. */
const freeName: PartitionRule = (partition, _, { columns }) => {
  const { column, transform } = partition;
  const field = `${column}_${transform}`;
  if (transform === 'identity' || !Object.hasOwn(columns, field)) return undefined;
  return {
    message: `${written(partition)} makes a partition named ${field}, and a column has that name`,
    allowed: `${written(partition)} in a dataset without a column ${field}`,
    fix: `give the column ${field} another name, or partition by something else`,
  };
};

const RULES: readonly PartitionRule[] = [hourOfTimestamp, timeOfTime, bucketOfHashed, onceEach, freeName];

/** Partitions that no table could be created with, and columns of partitions that are not there. */
export function datasetPartitions({ dataLake }: PlatformSpec, report: Report): void {
  eachEntry(dataLake?.datasets ?? {}, ({ columns, partitionBy }, name) => {
    const before: PartitionSpec[] = [];
    eachEntry(partitionBy, (partition, i) => {
      const path: Path = ['dataLake', 'datasets', name, 'partitionBy', i];
      const type = entryOf(columns, partition.column);
      if (type === undefined) unknownName(report, path, partition.column, 'column', Object.keys(columns));
      else
        for (const rule of RULES) {
          const breach = rule(partition, type, { columns, before });
          if (breach !== undefined) report({ path, ...breach });
        }
      before.push(partition);
    });
  });
}
