import { Construct, type IConstruct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import type { IGrantee } from '../access/grantee';
import type { Grantors } from '../access/grantors';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { type IModelRoles, ModelRoles } from '../model-registry/model-roles';
import type { Target } from '../target';
import { type EndpointNames, endpointNames } from './endpoint-names';

/** An endpoint of another stack, found by the names of its plan. */
export interface ServingEndpointAttributes {
  readonly target: Target;
  readonly names: PlatformNames;
  readonly model: string;
}

/** The endpoint of a model, made here or elsewhere. */
export interface IServingEndpoint extends IConstruct, EndpointNames {
  readonly model: string;
  readonly grants: ServingEndpointGrants;
  /** Grants the verbs of `scaling` and `alarm`, and `deploy` and `invoke` of `endpoint`, on this endpoint. */
  readonly grantors: Required<Pick<Grantors, 'endpoint' | 'scaling' | 'alarm'>>;
}

/** What others may do with one endpoint; Vertex AI knows it for all endpoints of a project alone. */
export class ServingEndpointGrants {
  constructor(private readonly roles: IModelRoles) {}

  /** Lets someone ask the endpoint. Who reaches a private one is the network's business as well. */
  invoke(to: IGrantee): void {
    this.roles.grant('ask-endpoints', to);
  }
}

/** What every endpoint can do, whoever made it. */
export class EndpointEntry extends Construct implements IServingEndpoint {
  public readonly model: string;
  public readonly endpointName: string;
  public readonly endpointId: string;
  public readonly displayName: string;
  public readonly workflowName: string;
  public readonly workflowId: string;
  public readonly addressName: string;
  public readonly forwardingRuleName: string;
  public readonly grants: ServingEndpointGrants;
  public readonly grantors: IServingEndpoint['grantors'];

  constructor(scope: Construct, id: string, attributes: ServingEndpointAttributes, roles: IModelRoles) {
    super(scope, id);
    refuseForbidden(this);
    const names = endpointNames(attributes.target, attributes.names, attributes.model);
    this.model = attributes.model;
    this.endpointName = names.endpointName;
    this.endpointId = names.endpointId;
    this.displayName = names.displayName;
    this.workflowName = names.workflowName;
    this.workflowId = names.workflowId;
    this.addressName = names.addressName;
    this.forwardingRuleName = names.forwardingRuleName;
    this.grants = new ServingEndpointGrants(roles);
    this.grantors = endpointGrantors(this.displayName, roles, this.grants);
  }
}

/** An endpoint of another stack. */
export class ImportedEndpoint extends EndpointEntry {
  constructor(scope: Construct, id: string, attributes: ServingEndpointAttributes) {
    super(scope, id, attributes, ModelRoles.fromNames(attributes));
  }
}

/**
 * Scaling is a setting of what is deployed, so whoever deploys sets it. Guards of a rollout are no alarms of Cloud
 * Monitoring's: the rollout reads the metrics itself.
 */
function endpointGrantors(
  endpoint: string,
  roles: IModelRoles,
  grants: ServingEndpointGrants,
): IServingEndpoint['grantors'] {
  const own = (name: string): void => {
    if (name !== endpoint) throw new Error(`This is the endpoint ${endpoint}, so it grants nothing on ${name}`);
  };
  return {
    endpoint: (verb, name, to) => {
      own(name);
      if (verb === 'deploy') roles.grant('deploy-models', to);
      else if (verb === 'invoke') grants.invoke(to);
      else
        throw new Error(`The endpoint ${endpoint} grants nobody to ${verb} endpoints: that is for all of a platform`);
    },
    scaling: (_verb, name, to) => {
      own(name);
      roles.grant('deploy-models', to);
    },
    alarm: (verb, name, to) => {
      own(name);
      if (verb === 'set') roles.grant('watch-endpoints', to);
    },
  };
}
