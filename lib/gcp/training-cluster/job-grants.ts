import type { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import type { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import type { IGrantee } from '../access/grantee';
import { customRole, grantCustomRole } from '../access/project-grants';
import type { Target } from '../target';

/**
 * What a launcher does with jobs. The editor of jobs could delete those of others, with their history. Source: Batch
 * documentation, "IAM permissions reference" of jobs.create, jobs.get and jobs.cancel.
 */
const JOB_PERMISSIONS = [
  'batch.jobs.cancel',
  'batch.jobs.create',
  'batch.jobs.get',
  // A job is made from a template by whoever may read that. Source: Batch documentation, "Define job resources using a VM instance template".
  'compute.instanceTemplates.get',
];

const roleIdOf = (names: PlatformNames): string => names.of('customRole', 'training-jobs');

/** The role of launchers, which a project knows once. */
export const jobRole = (
  scope: Construct,
  id: string,
  names: PlatformNames,
  target: Pick<Target, 'project'>,
): ProjectIamCustomRole =>
  customRole(
    scope,
    id,
    { roleId: roleIdOf(names), title: `${names.slug} training jobs`, permissions: JOB_PERMISSIONS },
    target,
  );

/**
 * Gives the role, which is of the stack of the cluster.
 * @param made - the role, where it is made in that stack
 */
export const grantJobRole = (
  names: PlatformNames,
  target: Pick<Target, 'project'>,
  to: IGrantee,
  made?: ProjectIamCustomRole,
): void => grantCustomRole({ id: 'JobRole', roleSet: names.roleSet }, roleIdOf(names), target, to, [made]);
