import type { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { type ITerraformDependable, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import type { IGrantee } from '../access/grantee';
import { customRole, grantCustomRole } from '../access/project-grants';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import type { Target } from '../target';
import { resolved } from '../tokens';

/**
 * What may be done to models and endpoints, in the permissions of Vertex AI, where every predefined role says much more.
 * Its IAM has no level below the project for models, and for endpoints none that Terraform's provider knows. One set for
 * all models: a project has 300 custom roles at most.
 *
 * Sources: Vertex AI documentation, "Vertex AI permissions" (operations and the permissions they need; the operation that a
 * method starts is read with the `get` of its resource); Virtual Private Cloud documentation, "Access published services
 * through endpoints", required roles; IAM documentation, "Quotas and limits".
 */
export const MODEL_ROLES = {
  'read-models': ['aiplatform.models.get', 'aiplatform.models.list'],
  'register-models': ['aiplatform.models.get', 'aiplatform.models.upload'],
  'approve-models': ['aiplatform.models.get', 'aiplatform.models.list', 'aiplatform.models.update'],
  'ask-endpoints': ['aiplatform.endpoints.predict'],
  'deploy-models': [
    // Of MutateDeployedModel as well, or of `update`: the documentation names neither, and there is none of its own.
    'aiplatform.endpoints.deploy',
    'aiplatform.endpoints.get',
    'aiplatform.endpoints.undeploy',
    'aiplatform.endpoints.update',
    'aiplatform.operations.list',
    // The aliases of versions say which one serves.
    'aiplatform.models.get',
    'aiplatform.models.update',
    'compute.addresses.get',
    'compute.addresses.use',
    // Addresses inside a network have permissions of their own beside those of addresses.
    'compute.addresses.useInternal',
    'compute.forwardingRules.create',
    'compute.forwardingRules.delete',
    'compute.forwardingRules.get',
    'compute.forwardingRules.pscCreate',
    'compute.forwardingRules.pscDelete',
    'compute.networks.use',
    'compute.regionOperations.get',
    'compute.subnetworks.use',
    'servicedirectory.namespaces.create',
    'servicedirectory.services.create',
    'servicedirectory.services.delete',
  ],
  'watch-endpoints': ['monitoring.timeSeries.list'],
  'run-jobs': ['aiplatform.customJobs.create', 'aiplatform.customJobs.get'],
  // Tasks of a pipeline start the jobs of its steps, find them again and stop them. The account of a run needs the store that
  // Vertex AI writes its artifacts down in. Source: Vertex AI documentation, "Service accounts for Tabular Workflows".
  'run-steps': [
    'aiplatform.customJobs.cancel',
    'aiplatform.customJobs.create',
    'aiplatform.customJobs.get',
    'aiplatform.customJobs.list',
    'aiplatform.metadataStores.get',
  ],
  'run-pipelines': ['aiplatform.pipelineJobs.create', 'aiplatform.pipelineJobs.get', 'aiplatform.pipelineJobs.list'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ModelRole = keyof typeof MODEL_ROLES;

const ROLES = Object.keys(MODEL_ROLES) as readonly ModelRole[];

export interface ModelRolesProps {
  readonly target: Target;
  /** Names of the plan. */
  readonly names: PlatformNames;
}

/** Roles that a platform's grants on models and endpoints give. */
export interface IModelRoles {
  /** Gives a role. Once is enough for all models. */
  grant(role: ModelRole, to: IGrantee): void;
}

/** The custom roles of a platform for models and endpoints. */
export class ModelRoles extends Construct implements IModelRoles {
  /** Roles of another stack, found by the names of the plan. */
  static fromNames({ target, names }: ModelRolesProps): IModelRoles {
    return { grant: (role, to) => give(role, to, { target, names }, []) };
  }

  /**
   * The roles that all constructs of a stack share to which none are given: a project has each role once, so there is one
   * set for each project and names.
   */
  static ofStack(scope: Construct, props: ModelRolesProps): ModelRoles {
    const stack = TerraformStack.of(scope);
    const id = ['ModelRoles', resolved(stack, props.target.project), props.names.roleSet].join('@');
    return (stack.node.tryFindChild(id) as ModelRoles | undefined) ?? new ModelRoles(stack, id, props);
  }

  public readonly roles: Readonly<Record<ModelRole, ProjectIamCustomRole>>;
  private readonly props: ModelRolesProps;

  constructor(scope: Construct, id: string, props: ModelRolesProps) {
    super(scope, id);
    refuseForbidden(this);
    this.props = props;
    this.roles = Object.fromEntries(
      ROLES.map((role) => [
        role,
        customRole(
          this,
          role,
          {
            roleId: idOf(role, props.names),
            title: `${props.names.slug} ${role}`,
            permissions: [...MODEL_ROLES[role]].sort(),
          },
          props.target,
        ),
      ]),
    ) as Record<ModelRole, ProjectIamCustomRole>;
  }

  grant(role: ModelRole, to: IGrantee): void {
    give(role, to, this.props, [this.roles[role]]);
  }
}

const idOf = (role: ModelRole, names: PlatformNames): string => names.of('customRole', role);

function give(
  role: ModelRole,
  to: IGrantee,
  { target, names }: ModelRolesProps,
  made: readonly ITerraformDependable[],
): void {
  grantCustomRole({ id: `ModelRole-${role}`, roleSet: names.roleSet }, idOf(role, names), target, to, made);
}
