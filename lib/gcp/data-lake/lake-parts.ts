import type { PlatformNames } from '../../plan/names';
import { gcpBucketName } from '../storage/bucket-name';
import type { BucketRef } from '../storage/bucket-ref';
import type { Target } from '../target';

/** Prefix of a zone's files; the zone's retention applies to it. */
export const FILES_PREFIX = 'files/';
/** Prefix of a zone's tables; no retention ever applies to it, because it would delete what live snapshots refer to. */
export const TABLES_PREFIX = 'tables/';

/**
 * A zone of a lake: a bucket of files, and a database of BigQuery with a bucket for its tables.
 *
 * Tables have a bucket of their own. Google's documentation of managed Iceberg tables says that a bucket of theirs must not
 * keep versions, as one of files should, and that nobody else should write to it: BigQuery collects what it did not write.
 * Source: BigQuery documentation, "Apache Iceberg managed tables", "Cloud Storage bucket configuration best practices".
 */
export interface IZone {
  readonly name: string;
  /** Of files, below `files/`. */
  readonly bucket: BucketRef;
  /** Of tables, below `tables/`; there is one in zones that have datasets. */
  readonly tablesBucket: BucketRef;
  /** Name of the dataset of BigQuery. */
  readonly databaseName: string;
}

/** A dataset of a lake: a managed Iceberg table. */
export interface IDataset {
  readonly name: string;
  readonly zone: IZone;
  /** Name of the table in the zone's database. */
  readonly tableName: string;
  /** Prefix of the table's files in the bucket of tables: `tables/transactions/`. Nobody else's files may be there. */
  readonly prefix: string;
  /** Address of that prefix: `gs://bucket/tables/transactions/`. */
  readonly location: string;
}

export function dataset(name: string, zone: IZone): IDataset {
  const prefix = `${TABLES_PREFIX}${name}/`;
  return { name, zone, tableName: name, prefix, location: `gs://${zone.tablesBucket.bucketName}/${prefix}` };
}

/** Zones have parts of their own in names, so that none can be taken for another bucket of the platform. */
export const filesBucketName = (names: PlatformNames, zone: string, target: Target): string =>
  gcpBucketName(names, `lake-${zone}`, target);

export const tablesBucketName = (names: PlatformNames, zone: string, target: Target): string =>
  gcpBucketName(names, `tables-${zone}`, target);
