import { type DatasetSpec, DEFAULT_SNAPSHOTS_KEPT, type PartitionSpec } from '../spec/data-lake';

/** Where the table of a dataset lives, in the words of the renderer. */
export interface TablePlace {
  readonly database: string;
  /** Address of the prefix that holds all of the table's files and nothing else, ending in `/`. */
  readonly location: string;
}

/**
 * The table that a dataset is to be, as whoever owns its columns at run time reads it. Lists keep their order; texts
 * instead of objects keep it small, because a parameter that carries it holds a few kilobytes.
 */
export interface DesiredTable extends TablePlace {
  /** Of this format: a machine that reads another one must refuse it. */
  readonly version: typeof DESIRED_TABLE_VERSION;
  readonly table: string;
  /** Name and type of each column: `amount decimal(10,2)`. */
  readonly columns: readonly string[];
  /** `card_id`, `day(ts)` or `bucket(16,card_id)`. */
  readonly partitionBy: readonly string[];
  readonly snapshots: { readonly keep: number; readonly days: number };
}

export const DESIRED_TABLE_VERSION = 1;

/**
 * Bytes that what carries a desired table may hold. Source: Systems Manager user guide, "Managing parameter tiers":
 * advanced, 8 KB.
 */
export const MAX_DESIRED_TABLE_BYTES = 8192;

/** Bytes of a desired table as it is carried. */
export const desiredTableBytes = (table: DesiredTable): number => Buffer.byteLength(JSON.stringify(table));

const SECONDS_A_DAY = 86_400;

/** The table that a dataset of the spec is to be. */
export function desiredTable(dataset: string, spec: DatasetSpec, place: TablePlace): DesiredTable {
  return {
    version: DESIRED_TABLE_VERSION,
    database: place.database,
    table: dataset,
    location: place.location,
    columns: Object.entries(spec.columns).map(([name, type]) => `${name} ${type}`),
    partitionBy: spec.partitionBy.map(partitionText),
    snapshots: {
      keep: spec.snapshots.keep ?? DEFAULT_SNAPSHOTS_KEPT,
      days: spec.snapshots.maxAge.seconds / SECONDS_A_DAY,
    },
  };
}

/** A partition as it is written in a spec, without spaces. */
export function partitionText({ transform, column, buckets }: PartitionSpec): string {
  if (transform === 'identity') return column;
  return buckets === undefined ? `${transform}(${column})` : `${transform}(${buckets},${column})`;
}

/** What a type can hold: types of one family differ in width only, and a wider one holds every value of a narrower. */
export interface TypeWidth {
  readonly family: string;
  readonly width: number;
}

/**
 * Types that a column may grow out of or into. Decimals of one scale are a family as well, as wide as their precision.
 * These are the promotions of Iceberg, which change no file. Source: Iceberg table specification, "Schema evolution".
 */
export const TYPE_WIDTHS: Readonly<Record<string, TypeWidth>> = {
  int: { family: 'integer', width: 32 },
  bigint: { family: 'integer', width: 64 },
  float: { family: 'floating point', width: 32 },
  double: { family: 'floating point', width: 64 },
};

/** A decimal type: its groups are precision and scale. */
export const DECIMAL_TYPE = /^decimal\(([0-9]+),([0-9]+)\)$/;

/** Whether a column may change from one type to another, different one without losing data. Types as in a spec. */
export function widens(from: string, to: string): boolean {
  const narrow = widthOf(from);
  const wide = widthOf(to);
  return narrow !== undefined && narrow.family === wide?.family && narrow.width < wide.width;
}

function widthOf(type: string): TypeWidth | undefined {
  const [, precision, scale] = DECIMAL_TYPE.exec(type) ?? [];
  return precision === undefined
    ? TYPE_WIDTHS[type]
    : { family: `decimal of scale ${scale}`, width: Number(precision) };
}
