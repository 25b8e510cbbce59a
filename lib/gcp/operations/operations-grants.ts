import type { PlatformNames } from '../../plan/names';
import type { IGrantee } from '../access/grantee';
import type { Grantors } from '../access/grantors';
import { grantOnProject, grantPermissions } from '../access/project-grants';
import type { Target } from '../target';

/** What the workflows that look after every endpoint of a platform may be granted. */
export type EveryEndpointGrantors = Required<Pick<Grantors, 'endpoint' | 'scaling' | 'alarm' | 'metric'>>;

/**
 * Permissions to see endpoints: which there are and what is deployed to each.
 * Source: Vertex AI documentation, "Vertex AI IAM permissions".
 */
const LIST = ['aiplatform.endpoints.get', 'aiplatform.endpoints.list'];

/**
 * Permissions to empty an endpoint: operations on their way, traffic, deployed versions, aliases of versions, and the
 * forwarding rule, which Service Directory has an entry of.
 * Sources: Vertex AI documentation, "Vertex AI IAM permissions"; Compute Engine's audit logging (forwardingRules.delete asks
 * for pscDelete too); VPC documentation, "Access published services through endpoints", required roles.
 */
const RETIRE = [
  'aiplatform.endpoints.undeploy',
  'aiplatform.endpoints.update',
  'aiplatform.models.get',
  'aiplatform.models.update',
  'aiplatform.operations.list',
  'compute.forwardingRules.delete',
  'compute.forwardingRules.get',
  'compute.forwardingRules.pscDelete',
  'servicedirectory.namespaces.delete',
  'servicedirectory.services.delete',
];

/**
 * Grants on every endpoint of a project. IAM has no resource level for endpoints and reads no labels of theirs, so the
 * workflows themselves look whose an endpoint is.
 * Source: IAM documentation, "Resource types that accept conditions": none of Vertex AI's endpoints and models.
 */
export function everyEndpoint(target: Target, names: PlatformNames, workload: string): EveryEndpointGrantors {
  const permit = (verb: string, permissions: readonly string[], to: IGrantee) =>
    grantPermissions(
      { roleId: names.of('customRole', workload, verb), title: `${names.slug} ${workload} ${verb}`, permissions },
      target,
      to,
    );
  return {
    endpoint: (verb, _name, to) => {
      if (verb === 'list') permit('list', LIST, to);
      else if (verb === 'retire') permit('retire', RETIRE, to);
      else throw new Error(`${workload} looks after endpoints and cannot grant '${verb}' on one`);
    },
    // Scaling belongs to what is deployed, and goes with it.
    scaling: () => {},
    // What a rollout watches it asks for itself: there are no alarms to delete.
    alarm: () => {},
    metric: (_verb, _name, to) => grantOnProject('roles/monitoring.metricWriter', target, to),
  };
}
