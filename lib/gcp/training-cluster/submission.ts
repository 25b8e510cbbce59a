import type { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import type { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { grantActAs } from '../access/act-as';
import type { IGrantee } from '../access/grantee';
import { customRole, grantCustomRole, grantOnProject } from '../access/project-grants';
import type { Target } from '../target';

/** What somebody needs who starts trainings on a managed cluster. */
export interface ManagedSubmission {
  readonly kind: 'managed';
  /** Id of the service account that trainings run as. */
  readonly accountId: string;
  /** Id of the role that lets somebody start trainings and see how they go. */
  readonly roleId: string;
}

/** What somebody needs who starts trainings on a batch cluster. */
export interface BatchSubmission {
  readonly kind: 'batch';
  /** Id of the service account that trainings run as. */
  readonly accountId: string;
  /** `projects/P/locations/R/workflows/N`: an execution of it is a training. */
  readonly workflowId: string;
}

export type Submission = ManagedSubmission | BatchSubmission;

export const managedSubmission = (names: PlatformNames): ManagedSubmission => ({
  kind: 'managed',
  accountId: names.of('serviceAccount', 'training'),
  roleId: names.of('customRole', 'training-submit'),
});

/** Name of the workflow that runs trainings on a batch cluster. */
export const launcherName = (names: PlatformNames): string => names.of('compute', 'training');

export const batchSubmission = (
  names: PlatformNames,
  { project, region }: Pick<Target, 'project' | 'region'>,
): BatchSubmission => ({
  kind: 'batch',
  accountId: names.of('serviceAccount', 'training'),
  workflowId: `projects/${project}/locations/${region}/workflows/${launcherName(names)}`,
});

/** Starting, seeing and stopping trainings. Source: Vertex AI documentation, "Access control", permissions of CustomJob. */
export const SUBMIT_PERMISSIONS = [
  'aiplatform.customJobs.cancel',
  'aiplatform.customJobs.create',
  'aiplatform.customJobs.get',
  'aiplatform.customJobs.list',
];

/** The role of those who start trainings; one for all of them, as a project knows a role once. */
export function submitRole(
  scope: Construct,
  id: string,
  names: PlatformNames,
  target: Pick<Target, 'project'>,
): ProjectIamCustomRole {
  const { roleId } = managedSubmission(names);
  const description = 'Starts trainings and sees how they go';
  return customRole(scope, id, { roleId, title: roleId, description, permissions: SUBMIT_PERMISSIONS }, target);
}

/**
 * Lets someone start trainings, which run as the cluster's account, and see how they go. Who starts one on a batch cluster
 * starts an execution; the launcher submits it. That is a right to every workflow of the project: a workflow has no policy
 * of its own, and conditions know of it by resource tags alone, which whoever deploys would have to administer.
 * Sources: Workflows API v1 (no setIamPolicy); IAM documentation, "Attribute reference for IAM Conditions", and "Workflows
 * roles and permissions", lowest level of `roles/workflows.invoker`.
 */
export function grantSubmit(
  target: Target,
  submission: Submission,
  made: { readonly role?: ProjectIamCustomRole; readonly account?: ServiceAccount },
  to: IGrantee,
): void {
  if (submission.kind === 'batch') {
    grantOnProject('roles/workflows.invoker', target, to);
    return;
  }
  const { roleId, accountId } = submission;
  grantCustomRole({ id: `Submit-${roleId}` }, roleId, target, to, [made.role]);
  grantActAs(target, accountId, made.account, to);
}
