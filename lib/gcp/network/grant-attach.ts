import type { Construct } from 'constructs';
import { type CustomRole, grantPermissions, makeRole } from '../access/project-grants';
import { agentMember, agentsThat } from '../services/service-agents';
import type { Target } from '../target';

/**
 * Lets the agent of Vertex AI take interfaces from attachments of the platform's project, for the network called `name`.
 * @param roleId - a name of the plan (kind `customRole`)
 */
export function grantAttach(scope: Construct, name: string, roleId: string, target: Target): void {
  for (const [id, role] of attachRoles(name, roleId)) grantPermissions(role, target, agentIn(scope, id, target));
}

/** Makes the role of that alone, for a platform none of whose jobs is in the network today. */
export function makeAttachRole(scope: Construct, name: string, roleId: string, target: Target): void {
  for (const [id, role] of attachRoles(name, roleId)) makeRole(role, target, agentIn(scope, id, target));
}

const attachRoles = (name: string, roleId: string) =>
  agentsThat('attach').map(
    ({ id, permissions }) => [id, { roleId, title: `${name} attach`, permissions } satisfies CustomRole] as const,
  );

const agentIn = (scope: Construct, id: Parameters<typeof agentMember>[0], target: Target) => ({
  scope,
  member: agentMember(id, target),
});
