import type { DatasetSpec } from '../spec/data-lake';

/** Columns that a table may be clustered by. Source: BigQuery documentation, "Introduction to clustered tables". */
export const MOST_CLUSTERING_COLUMNS = 4;

/** Types of a spec that a table cannot be clustered by. Source: the same, "Limitations": no FLOAT64 and no BYTES. */
export const UNCLUSTERED_TYPES: ReadonlySet<string> = new Set(['float', 'double', 'binary']);

/**
 * Why tables are clustered there by what a spec partitions them by. Source: BigQuery documentation, "Apache Iceberg
 * managed tables", "Use partitioning": in preview, on request, by units of time alone, as read in 2026-11.
 */
export const CLUSTERED_BECAUSE =
  'BigQuery partitions managed Iceberg tables in preview and on request only; they are clustered by the same columns, at most 4, and never by a float, double or binary';

/**
 * Columns that the table of a dataset is clustered by, each once, in the order of its partitions: clustering knows no
 * buckets and no units of time, and serves queries by either.
 */
export const clusteringOf = ({ partitionBy }: Pick<DatasetSpec, 'partitionBy'>): readonly string[] => [
  ...new Set(partitionBy.map(({ column }) => column)),
];
