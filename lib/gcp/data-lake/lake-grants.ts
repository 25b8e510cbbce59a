import type { BigqueryTable } from '@cdktf/provider-google/lib/bigquery-table';
import { BigqueryTableIamMember } from '@cdktf/provider-google/lib/bigquery-table-iam-member';
import type { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import type { IConstruct } from 'constructs';
import type { AccessVerbs } from '../../plan/access';
import { findIn, isDataset } from '../../plan/in-lake';
import type { PlatformNames } from '../../plan/names';
import { after } from '../access/after';
import { grantOnce, type IGrantee } from '../access/grantee';
import type { Grantors } from '../access/grantors';
import { grantOnProject } from '../access/project-grants';
import { grantFolder, grantObjects } from '../storage/grant-objects';
import type { Target } from '../target';
import { FILES_PREFIX, type IDataset, type IZone } from './lake-parts';
import { writeRoleId } from './write-role';

/** Catalogue of everything that can be granted on a lake. */
export interface LakeGrantsProps {
  readonly scope: IConstruct;
  readonly target: Target;
  /** Names of the plan. */
  readonly names: PlatformNames;
  readonly zones: Readonly<Record<string, IZone>>;
  readonly datasets: Readonly<Record<string, IDataset>>;
  /** What was made here, which grants come after. Default: all is known by its name, and was deployed before. */
  readonly made?: {
    readonly tables: Readonly<Record<string, BigqueryTable>>;
    readonly writeRole: ProjectIamCustomRole;
  };
}

/** Role of readers of a table. */
const READ_TABLE = 'roles/bigquery.dataViewer';

/** Asking for rows, by query or in bulk, is of a project. Source: the same, "Required roles", less what they add. */
const TO_ASK = ['roles/bigquery.jobUser', 'roles/bigquery.readSessionUser'];

/** What a lake grants edges of the access plan. */
export type LakeGrantors = Required<Pick<Grantors, 'dataset' | 'zone'>>;

/** Grants on a lake: on the files of a zone, and on datasets. */
export class LakeGrants {
  /** The same permissions for edges of the access plan. */
  public readonly grantors: LakeGrantors;

  constructor(private readonly props: LakeGrantsProps) {
    this.grantors = {
      dataset: (verb, name, to) => this.onTable(verb, name, to),
      zone: (verb, name, to) => this.onZone(verb, name, to),
    };
  }

  /**
   * Lets someone read a dataset, or the files of a zone.
   * @throws Error where a zone and a dataset have this name: say `readTable` or `readFiles` then.
   */
  read(name: string, to: IGrantee): void {
    isDataset(this.props, name) ? this.readTable(name, to) : this.readFiles(name, to);
  }

  /**
   * Lets someone read and write a dataset, or the files of a zone.
   * @throws Error where a zone and a dataset have this name: say `writeTable` or `writeFiles` then.
   */
  write(name: string, to: IGrantee): void {
    isDataset(this.props, name) ? this.writeTable(name, to) : this.writeFiles(name, to);
  }

  /** Lets someone read a dataset: its rows through BigQuery, and its files as other engines do. */
  readTable(dataset: string, to: IGrantee): void {
    this.onTable('read', dataset, to);
  }

  /**
   * Lets someone read a dataset and change its rows, and neither delete the table nor change its columns. Who writes rows
   * does so through BigQuery, which alone writes files: a file that it did not write is one that it collects. A job that
   * loads rows has to say that it makes no table, `createDisposition: CREATE_NEVER`, and may append alone.
   * Source: BigQuery documentation, "Apache Iceberg managed tables", "Best practices".
   */
  writeTable(dataset: string, to: IGrantee): void {
    this.onTable('write', dataset, to);
  }

  /** Lets someone list and read the files of a zone. */
  readFiles(zone: string, to: IGrantee): void {
    this.onZone('read', zone, to);
  }

  /** Lets someone list, read, write and delete the files of a zone. */
  writeFiles(zone: string, to: IGrantee): void {
    this.onZone('write', zone, to);
  }

  private onTable(verb: AccessVerbs['dataset'], name: string, to: IGrantee): void {
    const { target, datasets, names, made } = this.props;
    const { project } = target;
    const { zone, tableName, prefix } = findIn(this.props, 'dataset', datasets, name);
    const writes = verb === 'write';
    const granted = {
      id: `Table-${zone.databaseName}-${tableName}-${verb}`,
      project,
      ...(writes ? { roleSet: names.roleSet } : {}),
    };
    grantOnce(to, granted, (parent, id) => {
      return new BigqueryTableIamMember(parent, id, {
        project,
        datasetId: zone.databaseName,
        tableId: tableName,
        role: writes ? `projects/${project}/roles/${writeRoleId(names)}` : READ_TABLE,
        member: to.member,
        dependsOn: [...after(parent, [made?.tables[name], ...(writes ? [made?.writeRole] : [])])],
      });
    });
    for (const role of TO_ASK) grantOnProject(role, target, to);
    grantFolder(zone.tablesBucket, 'read', prefix.replace(/\/$/, ''), to);
  }

  private onZone(verb: AccessVerbs['zone'], name: string, to: IGrantee): void {
    const { scope, zones } = this.props;
    const { bucket } = findIn(this.props, 'zone', zones, name);
    if (verb !== 'read' && verb !== 'write')
      throw new Error(`${scope.node.path}: nobody is granted '${verb}' on a zone here; BigQuery does it by itself.`);
    grantObjects(bucket, verb, FILES_PREFIX.replace(/\/$/, ''), to);
  }
}
