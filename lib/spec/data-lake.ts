import { z } from 'zod';
import { advise } from './advice';
import { nearest } from './did-you-mean';
import { columnName, datasetName, zoneName } from './identifiers';
import { duration } from './quantity';
import { datasetRules } from './rules';

/** Snapshots of a table that stay however old they are, where a cloud can keep them by their number. */
export const DEFAULT_SNAPSHOTS_KEPT = 5;
/** Age at which other snapshots of a table expire. */
export const DEFAULT_SNAPSHOT_AGE = '5 days';

/** Longest time that a file or a snapshot can be said to be kept. For ever is said by leaving it out. */
const LONGEST_AGE = '100 years';

const PRIMITIVES = ['boolean', 'int', 'bigint', 'float', 'double', 'date', 'timestamp', 'string', 'binary'] as const;
const DECIMAL = /^decimal\(([1-9]|[12]\d|3[0-8]),\s?(\d|[12]\d|3[0-8])\)$/;

/** Types of other systems, by what they are called here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  varchar: 'string',
  text: 'string',
  char: 'string',
  integer: 'int',
  smallint: 'int',
  tinyint: 'int',
  long: 'bigint',
  int64: 'bigint',
  real: 'float',
  float64: 'double',
  datetime: 'timestamp',
  blob: 'binary',
  bytes: 'binary',
};
const TYPES = `${PRIMITIVES.join(', ')} or decimal(precision, scale) with precision up to 38`;

function fixForType(received: unknown): string | undefined {
  const name = String(received).toLowerCase().replace(/\(.*$/, '').trim();
  const meant = OTHER_NAMES[name] ?? nearest(name, [...PRIMITIVES, 'decimal', 'numeric', 'number']);
  if (meant === undefined) return undefined;
  return (PRIMITIVES as readonly string[]).includes(meant)
    ? `did you mean ${meant}?`
    : 'write its precision and scale, for example decimal(12,2)';
}

const columnType = advise(
  z.string().regex(new RegExp(`^(${PRIMITIVES.join('|')})$|${DECIMAL.source}`), { error: `must be one of ${TYPES}` }),
  { allowed: TYPES, fix: fixForType },
)
  .refine((type) => (DECIMAL.exec(type) ? Number(DECIMAL.exec(type)?.[2]) <= Number(DECIMAL.exec(type)?.[1]) : true), {
    error: 'the scale of a decimal cannot be larger than its precision',
  })
  .transform((type) => type.replace(/,\s/, ','))
  .describe(`Type of the column: ${PRIMITIVES.join(', ')} or decimal(precision,scale).`);

const PARTITION =
  /^(?:(year|month|day|hour)\(([a-z_][a-z0-9_]*)\)|bucket\(([1-9]\d{0,3}),\s?([a-z_][a-z0-9_]*)\)|([a-z_][a-z0-9_]*))$/;

const partition = z
  .string()
  .regex(PARTITION, {
    error: 'must be a column or year(c), month(c), day(c), hour(c) or bucket(n, c) with n from 1 to 9999',
  })
  .transform((text) => {
    const [, time, timeColumn, buckets, bucketColumn, column] = PARTITION.exec(text) ?? [];
    if (time !== undefined && timeColumn !== undefined) return { transform: time, column: timeColumn };
    if (buckets !== undefined && bucketColumn !== undefined)
      return { transform: 'bucket', buckets: Number(buckets), column: bucketColumn };
    return { transform: 'identity', column: column ?? text };
  })
  .describe('A column, or year(c), month(c), day(c), hour(c), bucket(n, c).');

const zone = z.strictObject({
  retention: duration({ min: '1 day', max: LONGEST_AGE, wholeDays: true })
    .optional()
    .describe('Age at which files under files/ are deleted, for example 365 days. Tables are never touched by it.'),
});

const dataset = z.strictObject({
  zone: zoneName.describe('Zone that the table lives in.'),
  description: z.string().min(1).max(250).optional().describe('What a row is.'),
  columns: z.record(columnName, columnType).describe('Columns by name, each with its type.'),
  partitionBy: z
    .array(partition)
    .max(8)
    .default([])
    .describe('How the table is partitioned; fixed once the table exists.'),
  snapshots: z
    .strictObject({
      keep: z
        .int()
        .min(1)
        .max(1000)
        .optional()
        .describe(`Snapshots that always stay, ${DEFAULT_SNAPSHOTS_KEPT} if it is not said. On AWS alone.`),
      maxAge: duration({ min: '1 day', max: LONGEST_AGE, wholeDays: true })
        .prefault(DEFAULT_SNAPSHOT_AGE)
        .describe('Age at which others expire.'),
    })
    .prefault({})
    .describe("How much of the table's history is kept."),
  rules: datasetRules.optional(),
});

export const dataLake = z
  .strictObject({
    zones: z.record(zoneName, zone).describe('Zones by name: a bucket and a database each.'),
    datasets: z.record(datasetName, dataset).default({}).describe('Iceberg tables by name.'),
  })
  .describe('Data lake: zones with files and tables.');

export type DataLakeSpec = z.output<typeof dataLake>;
export type ZoneSpec = z.output<typeof zone>;
export type DatasetSpec = z.output<typeof dataset>;
export type PartitionSpec = z.output<typeof partition>;
