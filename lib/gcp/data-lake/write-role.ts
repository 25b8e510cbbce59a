import type { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import type { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { customRole } from '../access/project-grants';
import type { Target } from '../target';

/**
 * Reading, adding, changing and removing rows of a table that is there: statements, streams, and jobs that append and make
 * nothing (`createDisposition: CREATE_NEVER`). The editor of data also deletes the table. `tables.update`, which a job that
 * replaces the table as a whole asks for, would let it expire, and change its columns, which Terraform keeps.
 *
 * Source: BigQuery documentation, "BigQuery IAM roles and permissions", "Loading CSV data from Cloud Storage" (permissions
 * to load data) and "Managing tables" (expiration, deleting).
 */
export const WRITE_PERMISSIONS = ['bigquery.tables.get', 'bigquery.tables.getData', 'bigquery.tables.updateData'];

/** Id of the role of those who write rows. */
export const writeRoleId = (names: PlatformNames): string => names.of('customRole', 'write-rows');

/** The role of those who write rows of a lake; a project knows it once, whatever datasets there are today. */
export const writeRole = (
  scope: Construct,
  id: string,
  names: PlatformNames,
  target: Pick<Target, 'project'>,
): ProjectIamCustomRole =>
  customRole(
    scope,
    id,
    { roleId: writeRoleId(names), title: `${names.slug} write rows`, permissions: WRITE_PERMISSIONS },
    target,
  );
