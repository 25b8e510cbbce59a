import { Aws, Stack } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/** Prefix of a zone's files; the zone's retention applies to it. */
export const FILES_PREFIX = 'files/';
/** Prefix of a zone's tables; no retention ever applies to it, because it would delete what live snapshots refer to. */
export const TABLES_PREFIX = 'tables/';

/** A zone of a lake: files and tables in a bucket, and a database for the tables. */
export interface IZone {
  readonly name: string;
  readonly bucket: s3.IBucket;
  /** Name of the Glue database. */
  readonly databaseName: string;
}

/** A dataset of a lake: an Iceberg table. */
export interface IDataset {
  readonly name: string;
  readonly zone: IZone;
  /** Name of the table in the zone's database. */
  readonly tableName: string;
  /** Prefix of the table's files in the zone's bucket: `tables/transactions/`. */
  readonly prefix: string;
  /** Address of that prefix: `s3://bucket/tables/transactions/`. */
  readonly location: string;
}

export function dataset(name: string, zone: IZone): IDataset {
  const prefix = `${TABLES_PREFIX}${name}/`;
  return { name, zone, tableName: name, prefix, location: zone.bucket.s3UrlForObject(prefix) };
}

/** ARNs that a permission on a table, or on all (`*`), must name: the catalog and the database above it, and the table. */
export function tableArns(scope: IConstruct, zone: IZone, table: string): readonly string[] {
  const { account, region } = Stack.of(scope);
  const catalog = `arn:${Aws.PARTITION}:glue:${region}:${account}`;
  return [
    `${catalog}:catalog`,
    `${catalog}:database/${zone.databaseName}`,
    `${catalog}:table/${zone.databaseName}/${table}`,
  ];
}
