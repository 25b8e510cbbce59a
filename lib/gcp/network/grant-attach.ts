import type { Construct } from 'constructs';
import { grantPermissions } from '../access/project-grants';
import { agentMember, agentsThat } from '../services/service-agents';
import type { Target } from '../target';

/**
 * Lets the agent of Vertex AI take interfaces from attachments of the platform's project, for the network called `name`.
 * @param roleId - a name of the plan (kind `customRole`)
 */
export function grantAttach(scope: Construct, name: string, roleId: string, target: Target): void {
  for (const { id, permissions } of agentsThat('attach'))
    grantPermissions({ roleId, title: `${name} attach`, permissions }, target, {
      scope,
      member: agentMember(id, target),
    });
}
