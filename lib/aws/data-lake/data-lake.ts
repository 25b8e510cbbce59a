import { Names, Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { PlatformNames } from '../../plan/names';
import { requireProps } from '../../plan/props';
import type { IAlerts } from '../alerts/alert-channel';
import { ALERT_KEY_SERVICES, Alerts } from '../alerts/alerts';
import { ArtifactStore, type IArtifactStore } from '../artifact-store/artifact-store';
import { customerKey } from '../keys/customer-key';
import { type ILocks, Locks } from '../locks/locks';
import type { DataRemovalProps } from '../removal';
import { AccessLogs } from '../storage/access-logs';
import { bucketName } from '../storage/bucket-name';
import { NamedBucket } from '../storage/named-bucket';
import { type LakeGrantors, LakeGrants } from './lake-grants';
import { dataset, type IDataset, type IZone } from './lake-parts';
import { type DatasetProps, lakeSpec, type ZoneProps } from './lake-spec';
import { TableEvolution } from './table-evolution';
import { Zone } from './zone';

export interface DataLakeProps<Z extends string = string> extends DataRemovalProps {
  /** Zones by name, as a spec writes them (`{ raw: { retention: '365 days' } }`) or parsed from one. */
  readonly zones: Readonly<Record<Z, ZoneProps>>;
  /** Datasets by name, likewise: Iceberg tables, made and changed at run time by a machine of the lake. Default: none. */
  readonly datasets?: Readonly<Record<string, DatasetProps>>;
  /** Names of the plan. Default: buckets have none, the rest is named after this construct's place in the app. */
  readonly names?: PlatformNames;
  /** Key of files and tables. Default: a key of its own. */
  readonly encryptionKey?: kms.IKey;
  /**
   * Key of the machine, its log, and the locks and alert channel made here. Its policy must let in CloudWatch Logs, log
   * delivery and ALERT_KEY_SERVICES. Default: a key of its own, if there are datasets.
   */
  readonly operationsKey?: kms.IKey;
  /** Bucket that receives the access logs. Default: an `AccessLogs` of its own. */
  readonly accessLogs?: s3.IBucket;
  /** Where Athena leaves results, and the key there. Default: an `ArtifactStore` of its own, if there are datasets. */
  readonly queryResults?: { readonly store: IArtifactStore; readonly encryptionKey: kms.IKey };
  /** Who hears what became of a change. Default: a channel of its own without receivers, if there are datasets. */
  readonly alerts?: IAlerts;
  /** Where a change of a table holds its lock. Default: `Locks` of its own, if there are datasets. */
  readonly locks?: ILocks;
}

/** A lake of another stack, found by the names of its plan. */
export interface DataLakeAttributes<Z extends string = string> {
  readonly names: PlatformNames;
  /** Zones of it. */
  readonly zones: readonly Z[];
  /** Datasets of it, each with its zone. Default: none. */
  readonly datasets?: Readonly<Record<string, { readonly zone: Z }>>;
  /** Key of files and tables; without it grants say nothing of a key. */
  readonly encryptionKey?: kms.IKey;
}

export interface IDataLake<Z extends string = string> extends IConstruct {
  readonly zones: Readonly<Record<Z, IZone>>;
  readonly datasets: Readonly<Record<string, IDataset>>;
  /** Name of the Athena workgroup that its tables are changed and read in; there is one where there are datasets. */
  readonly workgroup: string;
  readonly grants: LakeGrants;
  /** Grants the verbs of `dataset` and `zone`, and of the key `data` where the lake knows its key. */
  readonly grantors: LakeGrantors;
}

/**
 * A data lake: zones with files and tables, and datasets as Iceberg tables whose columns a machine brings to what the
 * spec says, without losing data. Everything is retained unless two keys are turned (`destroyData` and the app's
 * context); S3 itself keeps a bucket that has objects, so empty it first.
 *
 * A dataset that moves to another zone starts there as a new table; the old table stays where it is.
 */
export class DataLake<Z extends string = string> extends Construct implements IDataLake<Z> {
  /** A lake of another stack. */
  public static fromNames<Z extends string>(scope: Construct, id: string, attrs: DataLakeAttributes<Z>): IDataLake<Z> {
    return new ImportedDataLake(scope, id, attrs);
  }

  public readonly zones: Readonly<Record<Z, Zone>>;
  public readonly datasets: Readonly<Record<string, IDataset>>;
  public readonly encryptionKey: kms.IKey;
  public readonly workgroup: string;
  public readonly grants: LakeGrants;
  public readonly grantors: LakeGrantors;
  /** What owns the columns of tables; there is one where there are datasets. */
  public readonly tables?: TableEvolution;

  /**
   * @throws SpecError when zones or datasets are not what a spec allows; Error when there are no zones, or only one key to
   *   destruction is turned.
   */
  constructor(scope: Construct, id: string, props: DataLakeProps<Z>) {
    super(scope, id);
    requireProps(this, props, ['zones']);
    const spec = lakeSpec(props.zones, props.datasets ?? {});
    const names = props.names ?? namesOf(this);
    const removal = props.destroyData === undefined ? {} : { destroyData: props.destroyData };
    const accessLogs = props.accessLogs ?? new AccessLogs(this, 'AccessLogs', removal).bucket;
    this.encryptionKey =
      props.encryptionKey ?? customerKey(this, 'Key', { description: 'Data lake: files and tables' });

    this.zones = Object.fromEntries(
      Object.entries(spec.zones).map(([name, zone]) => [
        name,
        new Zone(this, `Zone-${name}`, {
          ...removal,
          name,
          spec: zone,
          ...(props.names === undefined ? {} : { bucketName: zoneBucketName(this, names, name) }),
          databaseName: names.of('database', name),
          encryptionKey: this.encryptionKey,
          accessLogs,
        }),
      ]),
    ) as Record<Z, Zone>;
    this.datasets = Object.fromEntries(
      Object.entries(spec.datasets).map(([name, { zone }]) => [name, dataset(name, this.zones[zone as Z])]),
    );
    this.workgroup = workgroupName(names);
    this.grants = new LakeGrants({
      scope: this,
      zones: this.zones,
      datasets: this.datasets,
      encryptionKey: this.encryptionKey,
      workgroup: this.workgroup,
    });
    this.grantors = this.grants.grantors;

    if (Object.keys(spec.datasets).length === 0) return;
    const operations =
      props.operationsKey ??
      customerKey(this, 'OperationsKey', {
        description: 'Machine, locks and alerts of the data lake',
        services: ['logs', 'log-delivery', ...ALERT_KEY_SERVICES],
      });
    const queryResults = props.queryResults ?? ownQueryResults(this, accessLogs, removal);
    this.tables = new TableEvolution(this, 'Tables', {
      names,
      datasets: Object.fromEntries(
        Object.entries(spec.datasets).map(([name, one]) => {
          const zone = this.zones[one.zone as Z];
          return [name, { spec: one, dataset: dataset(name, zone), after: zone.database }];
        }),
      ),
      grantors: { zone: this.grantors.zone },
      workgroup: this.workgroup,
      keys: { data: this.encryptionKey, artifacts: queryResults.encryptionKey, operations },
      queryResults: queryResults.store,
      alerts: props.alerts ?? new Alerts(this, 'Alerts', { platform: names.slug, encryptionKey: operations }),
      locks: props.locks ?? new Locks(this, 'Locks', { ...removal, encryptionKey: operations }),
    });
  }
}

class ImportedDataLake<Z extends string> extends Construct implements IDataLake<Z> {
  public readonly zones: Readonly<Record<Z, IZone>>;
  public readonly datasets: Readonly<Record<string, IDataset>>;
  public readonly workgroup: string;
  public readonly grants: LakeGrants;
  public readonly grantors: LakeGrantors;

  constructor(scope: Construct, id: string, attrs: DataLakeAttributes<Z>) {
    super(scope, id);
    const zone = (name: string): IZone => ({
      name,
      bucket: NamedBucket.of(this, `Zone-${name}`, zoneBucketName(this, attrs.names, name)),
      databaseName: attrs.names.of('database', name),
    });
    this.zones = Object.fromEntries(attrs.zones.map((name) => [name, zone(name)])) as Record<Z, IZone>;
    this.datasets = Object.fromEntries(
      Object.entries(attrs.datasets ?? {}).map(([name, of]) => [name, dataset(name, this.zones[of.zone])]),
    );
    this.workgroup = workgroupName(attrs.names);
    this.grants = new LakeGrants({
      scope: this,
      zones: this.zones,
      datasets: this.datasets,
      ...(attrs.encryptionKey === undefined ? {} : { encryptionKey: attrs.encryptionKey }),
      workgroup: this.workgroup,
    });
    this.grantors = this.grants.grantors;
  }
}

/** Zones have a part of their own in names, so that none can be taken for another bucket of the platform. */
const zoneBucketName = (scope: Construct, names: PlatformNames, zone: string): string =>
  bucketName(Stack.of(scope), names, `lake-${zone}`, Stack.of(scope).region);

const workgroupName = (names: PlatformNames): string => names.of('workgroup', 'tables');

/** Names for a lake that has no plan: those of its place in the app, which are its own in an account and region. */
function namesOf(scope: Construct): PlatformNames {
  return new PlatformNames(Names.uniqueResourceName(scope, { maxLength: 40, separator: '-' }).toLowerCase());
}

function ownQueryResults(scope: Construct, accessLogs: s3.IBucket, removal: DataRemovalProps) {
  const store = new ArtifactStore(scope, 'QueryResults', { ...removal, accessLogs });
  return { store, encryptionKey: store.encryptionKey };
}
