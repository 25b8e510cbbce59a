import type { BigqueryTable } from '@cdktf/provider-google/lib/bigquery-table';
import type { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { Construct, type IConstruct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { requireProps } from '../../plan/props';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import type { EncryptionKey } from '../keys/encryption-key';
import { type LastingFacts, lastingResources } from '../lasting';
import type { DataRemovalProps } from '../removal';
import type { Target } from '../target';
import { datasetTable } from './dataset-table';
import { type LakeGrantors, LakeGrants } from './lake-grants';
import { dataset, filesBucketName, type IDataset, type IZone, tablesBucketName } from './lake-parts';
import { type DatasetProps, lakeSpec, type ZoneProps } from './lake-spec';
import { lastingColumns } from './lasting-columns';
import { TableConnection } from './table-connection';
import { writeRole } from './write-role';
import { Zone } from './zone';

export interface DataLakeProps<Z extends string = string> extends DataRemovalProps {
  readonly target: Target;
  /** Names of the plan. */
  readonly names: PlatformNames;
  /** Zones by name, as a spec writes them (`{ raw: { retention: '365 days' } }`) or parsed from one. */
  readonly zones: Readonly<Record<Z, ZoneProps>>;
  /** Datasets by name, likewise: managed Iceberg tables of BigQuery. Default: none. */
  readonly datasets?: Readonly<Record<string, DatasetProps>>;
  /** Key of files and tables. The agents of Cloud Storage and of BigQuery must be allowed to use it. */
  readonly encryptionKey: EncryptionKey;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A lake of another stack, found by the names of its plan. */
export interface DataLakeAttributes<Z extends string = string> {
  readonly target: Target;
  readonly names: PlatformNames;
  /** Zones of it. */
  readonly zones: readonly Z[];
  /** Datasets of it, each with its zone. Default: none. */
  readonly datasets?: Readonly<Record<string, { readonly zone: Z }>>;
}

export interface IDataLake<Z extends string = string> extends IConstruct {
  readonly zones: Readonly<Record<Z, IZone>>;
  readonly datasets: Readonly<Record<string, IDataset>>;
  readonly grants: LakeGrants;
  /** Grants the verbs of `dataset` and `zone`. */
  readonly grantors: LakeGrantors;
}

/**
 * A data lake: zones with files and tables, and datasets as managed Iceberg tables of BigQuery. Their columns are added and
 * widened in place. A plan fails, and names all that it is about, when a column is taken away, its type becomes another one,
 * a dataset leaves or moves to another zone, or a zone leaves; BigQuery itself refuses fewer digits of a decimal when applied.
 *
 * To give up a dataset or a zone and keep its data, take every column and resource that the plan names out of the state, each
 * with what remembers it: `terraform state rm ADDRESS 'terraform_data.…["ADDRESS"]'`. To lose it, turn the two keys
 * (`destroyData` and the app's context), apply that before, and leave them turned until it is gone. The files of a table stay
 * below its prefix even then, and a dataset of that name would get the same one: delete them first, by
 * `gcloud storage rm --recursive gs://BUCKET/tables/NAME/`. Google warns of tables that are made where files are.
 * Source: BigQuery documentation, "Apache Iceberg managed tables", "Architecture" and "Best practices".
 *
 * BigQuery compacts and clusters tables by itself, and keeps their history by age alone.
 */
export class DataLake<Z extends string = string> extends Construct implements IDataLake<Z> {
  /** A lake of another stack. */
  public static fromNames<Z extends string>(scope: Construct, id: string, attrs: DataLakeAttributes<Z>): IDataLake<Z> {
    return new ImportedDataLake(scope, id, attrs);
  }

  public readonly zones: Readonly<Record<Z, Zone>>;
  public readonly datasets: Readonly<Record<string, IDataset>>;
  public readonly encryptionKey: EncryptionKey;
  public readonly grants: LakeGrants;
  public readonly grantors: LakeGrantors;
  /** What BigQuery writes files as; there is one where there are datasets. */
  public readonly connection?: TableConnection;
  /** By dataset. */
  public readonly tables: Readonly<Record<string, BigqueryTable>>;
  /** Columns that Terraform does not let go of; none where there are no datasets, until then those that there were. */
  public readonly lastingColumns: LastingFacts;
  /** Zones, tables and what BigQuery reads those by, which Terraform does not let go of either. */
  public readonly lastingResources: LastingFacts;
  /** Role of those who may write rows. */
  public readonly writeRole: ProjectIamCustomRole;

  /** @throws SpecError when zones or datasets are not what a spec allows; Error when only one key to destruction is turned. */
  constructor(scope: Construct, id: string, props: DataLakeProps<Z>) {
    super(scope, id);
    refuseForbidden(this);
    requireProps(this, props, ['target', 'names', 'zones', 'encryptionKey']);
    const { target, names, encryptionKey, labels = {} } = props;
    const spec = lakeSpec(props.zones, props.datasets ?? {});
    const removal = props.destroyData === undefined ? {} : { destroyData: props.destroyData };
    const specs = Object.entries(spec.datasets);
    this.encryptionKey = encryptionKey;
    this.writeRole = writeRole(this, 'WriteRole', names, target);
    this.lastingColumns = lastingColumns(this, 'Columns', { ...removal, datasets: spec.datasets });
    this.lastingResources = lastingResources(this, removal);

    this.zones = Object.fromEntries(
      Object.entries(spec.zones).map(([name, zone]) => [
        name,
        new Zone(this, `Zone-${name}`, {
          ...removal,
          target,
          names,
          name,
          spec: zone,
          datasets: specs.filter(([, of]) => of.zone === name).map(([, of]) => of),
          encryptionKey,
          labels,
        }),
      ]),
    ) as Record<Z, Zone>;
    this.datasets = Object.fromEntries(specs.map(([name, { zone }]) => [name, dataset(name, this.zones[zone as Z])]));

    if (specs.length > 0) {
      const connection = new TableConnection(this, 'Connection', {
        ...removal,
        target,
        name: names.of('compute', 'lake'),
        encryptionKey,
      });
      const kept = Object.values<Zone>(this.zones)
        .filter(({ tablesResource }) => tablesResource !== undefined)
        .map((zone) => [zone.name, connection.grantKeep(zone.tablesBucket)] as const);
      const grants = new Map(kept);
      this.connection = connection;
      this.tables = Object.fromEntries(
        Object.values(this.datasets).map((one) => [
          one.name,
          datasetTable(this, `Table-${one.name}`, {
            ...removal,
            target,
            dataset: one,
            spec: spec.datasets[one.name] as (typeof specs)[number][1],
            connectionId: connection.connectionId,
            encryptionKey,
            labels,
            after: [connection.resource, ...(grants.get(one.zone.name) ?? []), this.zones[one.zone.name as Z].database],
          }),
        ]),
      );
    } else this.tables = {};
    this.grants = new LakeGrants({
      scope: this,
      target,
      names,
      zones: this.zones,
      datasets: this.datasets,
      made: this,
    });
    this.grantors = this.grants.grantors;
  }
}

class ImportedDataLake<Z extends string> extends Construct implements IDataLake<Z> {
  public readonly zones: Readonly<Record<Z, IZone>>;
  public readonly datasets: Readonly<Record<string, IDataset>>;
  public readonly grants: LakeGrants;
  public readonly grantors: LakeGrantors;

  constructor(scope: Construct, id: string, { target, names, zones, datasets = {} }: DataLakeAttributes<Z>) {
    super(scope, id);
    refuseForbidden(this);
    const zone = (name: string): IZone => ({
      name,
      bucket: { bucketName: filesBucketName(names, name, target) },
      tablesBucket: { bucketName: tablesBucketName(names, name, target) },
      databaseName: names.of('database', name),
    });
    this.zones = Object.fromEntries(zones.map((name) => [name, zone(name)])) as Record<Z, IZone>;
    this.datasets = Object.fromEntries(
      Object.entries(datasets).map(([name, of]) => [name, dataset(name, this.zones[of.zone])]),
    );
    this.grants = new LakeGrants({ scope: this, target, names, zones: this.zones, datasets: this.datasets });
    this.grantors = this.grants.grantors;
  }
}
