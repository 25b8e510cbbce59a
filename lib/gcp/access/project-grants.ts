import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { Target } from '../target';
import { after } from './after';
import { type Granted, grantOnce, type IGrantee } from './grantee';

/** Grants a predefined role on the project: for what has no resource level of its own. */
export function grantOnProject(role: string, { project }: Pick<Target, 'project'>, to: IGrantee): void {
  grantOnce(to, { id: `Project-${role.replace(/^roles\//, '')}`, project }, (scope, id) => {
    return new ProjectIamMember(scope, id, { project, role, member: to.member });
  });
}

export interface CustomRole {
  /** Letters, digits, `_` and `.`, 3 to 64, a name of the plan (kind `customRole`). */
  readonly roleId: string;
  readonly title: string;
  readonly description?: string;
  readonly permissions: readonly string[];
}

/** Makes a custom role, which a project knows once. */
export const customRole = (
  scope: Construct,
  id: string,
  { permissions, ...role }: CustomRole,
  { project }: Pick<Target, 'project'>,
): ProjectIamCustomRole => new ProjectIamCustomRole(scope, id, { project, ...role, permissions: [...permissions] });

/**
 * Grants a custom role by its id.
 *
 * @param made - the role, where it is made in this app
 */
export function grantCustomRole(
  granted: Omit<Granted, 'project'>,
  roleId: string,
  { project }: Pick<Target, 'project'>,
  to: IGrantee,
  made: readonly (ITerraformDependable | undefined)[] = [],
): void {
  grantOnce(to, { ...granted, project }, (scope, id) => {
    return new ProjectIamMember(scope, id, {
      project,
      role: `projects/${project}/roles/${roleId}`,
      member: to.member,
      dependsOn: [...after(scope, made)],
    });
  });
}

/**
 * Makes a custom role for somebody who may be granted it some day. Google keeps the id of a role that was deleted, and takes
 * the role back for 7 days only, so what is granted by what a spec says today is a role that stays.
 * Source: IAM documentation, "Create and manage custom roles", deleting a custom role.
 */
export const makeRole = (role: CustomRole, target: Pick<Target, 'project'>, to: IGrantee): ProjectIamCustomRole =>
  grantOnce(to, { id: `Role-${role.title}`, project: target.project }, (scope, id) =>
    customRole(scope, id, role, target),
  );

/** Grants just these permissions on the project, where every predefined role says more. */
export function grantPermissions(role: CustomRole, target: Pick<Target, 'project'>, to: IGrantee): void {
  const { node, name } = makeRole(role, target, to);
  const id = `${node.id}-Grant`;
  if (to.scope.node.tryFindChild(id) === undefined)
    new ProjectIamMember(to.scope, id, { project: target.project, role: name, member: to.member });
}
