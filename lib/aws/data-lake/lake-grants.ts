import { Aws, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';
import type { AccessVerbs } from '../../plan/access';
import { findIn, isDataset } from '../../plan/in-lake';
import type { Grantors } from '../access/grantors';
import { grantKey } from '../keys/key-grants';
import { GrowingStatements } from './growing-statements';
import { FILES_PREFIX, type IDataset, type IZone, TABLES_PREFIX, tableArns } from './lake-parts';

/** Catalogue of everything that can be granted on a lake. */
export interface LakeGrantsProps {
  readonly scope: IConstruct;
  readonly zones: Readonly<Record<string, IZone>>;
  readonly datasets: Readonly<Record<string, IDataset>>;
  /** Key of files and tables; without it grants say nothing of a key. */
  readonly encryptionKey?: kms.IKey;
  /** Name of the Athena workgroup that changes tables. */
  readonly workgroup: string;
}

const READ = ['s3:GetObject'];
const WRITE = [...READ, 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];
/** Changing a table's metadata writes new files and deletes none. */
const EVOLVE = [...READ, 's3:PutObject'];

/**
 * Sources: Athena user guide, "Configure access to databases and tables in the AWS Glue Data Catalog"; AWS Glue developer
 * guide, "Table optimization prerequisites"; Service Authorization Reference, AWS Glue.
 */
const READ_TABLE = ['glue:GetDatabase', 'glue:GetTable'];
const EVOLVE_TABLES = [
  ...READ_TABLE,
  'glue:GetDatabases',
  'glue:GetTables',
  'glue:GetPartitions',
  'glue:CreateTable',
  'glue:UpdateTable',
  'glue:GetTableOptimizer',
  'glue:CreateTableOptimizer',
  'glue:UpdateTableOptimizer',
];

interface TableActions {
  readonly files: readonly string[];
  readonly catalog: readonly string[];
}

/** What may be done to tables, by the verb on one dataset or on all tables of a zone. */
const ON_TABLES: Readonly<Record<AccessVerbs['dataset'] | 'evolve' | 'optimize', TableActions>> = {
  read: { files: READ, catalog: READ_TABLE },
  write: { files: WRITE, catalog: [...READ_TABLE, 'glue:UpdateTable'] },
  evolve: { files: EVOLVE, catalog: EVOLVE_TABLES },
  optimize: { files: WRITE, catalog: ['glue:GetTable', 'glue:UpdateTable'] },
};

const QUERY_ACTIONS = [
  'athena:StartQueryExecution',
  'athena:StopQueryExecution',
  'athena:GetQueryExecution',
  'athena:GetQueryResults',
];

/** What a lake grants edges of the access plan: its key too, where it knows it. */
export type LakeGrantors = Required<Pick<Grantors, 'dataset' | 'zone'>> & Pick<Grantors, 'key'>;

/** Grants on a lake: on the files of a zone, and on datasets, each with the lake's key where the lake knows it. */
export class LakeGrants {
  /** The same permissions for edges of the access plan, which name the key, `data`, in an edge of its own. */
  public readonly grantors: LakeGrantors;

  private readonly statements = new GrowingStatements();

  constructor(private readonly props: LakeGrantsProps) {
    const { encryptionKey } = props;
    this.grantors = {
      dataset: (verb, name, to) => this.allowDataset(verb, name, to),
      zone: (verb, name, to) => this.allowZone(verb, name, to),
      ...(encryptionKey !== undefined && { key: (verb, name, to) => grantLakeKey(encryptionKey, verb, name, to) }),
    };
  }

  /**
   * Lets someone read a dataset, or the files of a zone.
   * @throws Error where a zone and a dataset have this name: say `readTable` or `readFiles` then.
   */
  read(name: string, to: iam.IGrantable): void {
    isDataset(this.props, name) ? this.readTable(name, to) : this.readFiles(name, to);
  }

  /**
   * Lets someone read and write a dataset, or the files of a zone.
   * @throws Error where a zone and a dataset have this name: say `writeTable` or `writeFiles` then.
   */
  write(name: string, to: iam.IGrantable): void {
    isDataset(this.props, name) ? this.writeTable(name, to) : this.writeFiles(name, to);
  }

  /** Lets someone read a dataset: the table's entry in the catalog and its files. */
  readTable(dataset: string, to: iam.IGrantable): void {
    this.allowDataset('read', dataset, to);
    this.useKey('decrypt', to);
  }

  /** Lets someone read a dataset and commit to it. */
  writeTable(dataset: string, to: iam.IGrantable): void {
    this.allowDataset('write', dataset, to);
    this.useKey('encrypt', to);
  }

  /** Lets someone list and read the files of a zone. */
  readFiles(zone: string, to: iam.IGrantable): void {
    this.allowZone('read', zone, to);
    this.useKey('decrypt', to);
  }

  /** Lets someone list, read, write and delete the files of a zone. */
  writeFiles(zone: string, to: iam.IGrantable): void {
    this.allowZone('write', zone, to);
    this.useKey('encrypt', to);
  }

  /** Lets someone run queries on what it may read, in the lake's workgroup; where results go is for others to grant. */
  query(to: iam.IGrantable): void {
    const { account, region } = Stack.of(this.props.scope);
    const athena = `arn:${Aws.PARTITION}:athena:${region}:${account}`;
    this.statements.allow(to, QUERY_ACTIONS, [`${athena}:workgroup/${this.props.workgroup}`]);
    this.statements.allow(to, ['athena:GetDataCatalog'], [`${athena}:datacatalog/AwsDataCatalog`]);
  }

  private allowDataset(verb: AccessVerbs['dataset'], name: string, to: iam.IGrantable): void {
    const { zone, prefix, tableName } = findIn(this.props, 'dataset', this.props.datasets, name);
    this.allowTables(ON_TABLES[verb], zone, prefix, tableName, to);
  }

  private allowZone(verb: AccessVerbs['zone'], name: string, to: iam.IGrantable): void {
    const zone = findIn(this.props, 'zone', this.props.zones, name);
    if (verb === 'read' || verb === 'write') this.allowFiles(zone, FILES_PREFIX, verb === 'read' ? READ : WRITE, to);
    else this.allowTables(ON_TABLES[verb], zone, TABLES_PREFIX, '*', to);
    if (verb === 'evolve') this.query(to);
  }

  private allowTables(actions: TableActions, zone: IZone, prefix: string, table: string, to: iam.IGrantable): void {
    this.allowFiles(zone, prefix, actions.files, to);
    this.statements.allow(to, actions.catalog, tableArns(this.props.scope, zone, table));
  }

  /** The location of a bucket is no secret of any prefix; query engines and SDKs ask for it first. */
  private allowFiles({ bucket }: IZone, prefix: string, actions: readonly string[], to: iam.IGrantable): void {
    this.statements.allowListing(to, bucket.bucketArn, [prefix.slice(0, -1), `${prefix}*`]);
    this.statements.allow(to, ['s3:GetBucketLocation'], [bucket.bucketArn]);
    this.statements.allow(to, actions, [bucket.arnForObjects(`${prefix}*`)]);
  }

  private useKey(verb: AccessVerbs['key'], to: iam.IGrantable): void {
    if (this.props.encryptionKey !== undefined) grantKey(this.props.encryptionKey, verb, to);
  }
}

function grantLakeKey(key: kms.IKey, verb: AccessVerbs['key'], name: string, to: iam.IGrantable): void {
  if (name !== 'data') throw new Error(`The key of a data lake is 'data'; there is no '${name}' here.`);
  grantKey(key, verb, to);
}
