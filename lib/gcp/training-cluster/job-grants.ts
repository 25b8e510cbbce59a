import type { PlatformNames } from '../../plan/names';
import type { IGrantee } from '../access/grantee';
import { grantCustomRole, grantPermissions } from '../access/project-grants';
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

/** Makes the role of launchers, which a project knows once, and gives it. */
export const makeJobRole = (names: PlatformNames, target: Pick<Target, 'project'>, to: IGrantee): void =>
  grantPermissions(
    { roleId: roleIdOf(names), title: `${names.slug} training jobs`, permissions: JOB_PERMISSIONS },
    target,
    to,
  );

/** Gives the role, which is of the stack of the cluster. */
export const grantJobRole = (names: PlatformNames, target: Pick<Target, 'project'>, to: IGrantee): void =>
  grantCustomRole({ id: 'JobRole', roleSet: names.roleSet }, roleIdOf(names), target, to);
