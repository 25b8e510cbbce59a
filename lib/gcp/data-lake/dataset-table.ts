import { BigqueryTable } from '@cdktf/provider-google/lib/bigquery-table';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { clusteringOf } from '../../plan/bigquery-clustering';
import { bigQueryColumn } from '../../plan/bigquery-columns';
import type { DatasetSpec } from '../../spec/data-lake';
import { after } from '../access/after';
import { literal, literalJson } from '../escape';
import type { EncryptionKey } from '../keys/encryption-key';
import { type DataRemovalProps, dataRemoval } from '../removal';
import type { Target } from '../target';
import type { IDataset } from './lake-parts';

export interface DatasetTableProps extends DataRemovalProps {
  readonly target: Target;
  readonly dataset: IDataset;
  readonly spec: DatasetSpec;
  /** Connection that BigQuery reads and writes files as: `project.region.name`, as the service answers it. */
  readonly connectionId: string;
  readonly encryptionKey: EncryptionKey;
  readonly labels: Readonly<Record<string, string>>;
  /** What must be there before. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * The table of a dataset: a managed Iceberg table whose files BigQuery keeps below a prefix of its own. The provider adds
 * columns and widens types in place. Everything else that it can only do by making the table anew is refused when planned,
 * and its destruction once more by the provider itself.
 */
export function datasetTable(scope: Construct, id: string, props: DatasetTableProps): BigqueryTable {
  const { target, dataset, spec, encryptionKey } = props;
  const removal = dataRemoval(scope, props);
  const clustering = clusteringOf(spec);
  return new BigqueryTable(scope, id, {
    project: target.project,
    datasetId: dataset.zone.databaseName,
    tableId: dataset.tableName,
    ...(spec.description === undefined ? {} : { description: literal(spec.description) }),
    schema: literalJson(Object.entries(spec.columns).map(([name, type]) => bigQueryColumn(name, type))),
    ...(clustering.length === 0 ? {} : { clustering: [...clustering] }),
    biglakeConfiguration: {
      connectionId: props.connectionId,
      storageUri: dataset.location,
      fileFormat: 'PARQUET',
      tableFormat: 'ICEBERG',
    },
    // The database's default would be answered for a table that says nothing, and read as a change in every plan.
    encryptionConfiguration: { kmsKeyName: encryptionKey.id },
    deletionProtection: removal.deletionProtection,
    lifecycle: removal.lifecycle,
    labels: { ...props.labels },
    dependsOn: [...props.after, ...after(scope, encryptionKey.ready)],
  });
}
