import { type TerraformStack as CdktfStack, TerraformStack } from 'cdktf';
import { Workload } from '../../lib/gcp/access/workload';
import type { AccessEdge } from '../../lib/plan/access';
import type { SynthesisedGcpPlatform } from './examples-gcp';
import { blocks, type ResourceBody, resourcesOf, type TerraformStack as StackJson } from './terraform-stacks';

/** One grant of a template, with every reference in it spelled out. */
export interface Binding {
  readonly stack: string;
  readonly address: string;
  /** `serviceAccount:…`; an account that Google numbers is `<address attribute>`. */
  readonly member: string;
  /** `roles/…`, or the name of a custom role. */
  readonly role: string;
  /** Permissions of the custom role, where it is one. */
  readonly permissions?: readonly string[];
  /** Type and name of what it is a grant on: `storage_bucket fraud-prod-records-333333333333`. */
  readonly on: string;
  /** Condition of the grant. */
  readonly condition?: string;
}

export interface WorkloadBindings {
  /** Path of the workload in the construct tree. */
  readonly path: string;
  readonly member: string;
  readonly access: readonly AccessEdge[];
  readonly bindings: readonly Binding[];
}

/** A custom role of a template. */
export interface CustomRoleBody {
  readonly id: string;
  readonly permissions: readonly string[];
}

const SUFFIX = '_iam_member';

/** Attributes that name what a grant is on, all of them. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  google_artifact_registry_repository_iam_member: ['project', 'repository'],
  google_bigquery_dataset_iam_member: ['project', 'dataset_id'],
  google_bigquery_table_iam_member: ['project', 'dataset_id', 'table_id'],
  google_compute_subnetwork_iam_member: ['project', 'subnetwork'],
  google_kms_crypto_key_iam_member: ['crypto_key_id'],
  google_project_iam_member: ['project'],
  google_pubsub_topic_iam_member: ['project', 'topic'],
  google_secret_manager_secret_iam_member: ['project', 'secret_id'],
  google_service_account_iam_member: ['service_account_id'],
  google_storage_bucket_iam_member: ['bucket'],
};

/** Types of grants that the templates have and this reads. */
export const READ_TYPES: readonly string[] = Object.keys(NAMES);

/** Every grant of a platform. */
export function bindingsIn(stacks: readonly StackJson[]): readonly Binding[] {
  const roles = customRolesIn(stacks);
  return stacks.flatMap((stack) =>
    resourcesOf(stack)
      .filter(({ type }) => type.endsWith(SUFFIX))
      .map(({ address, type, body }) => {
        const text = (key: string): string => spelled(String(body[key]), stack);
        const role = text('role');
        const permissions = roles.find(({ id }) => id === role)?.permissions;
        const expression = (body.condition as { readonly expression?: string } | undefined)?.expression;
        return {
          stack: stack.name,
          address,
          role,
          member: text('member'),
          on: `${type.replace(/^google_/, '').replace(SUFFIX, '')} ${(NAMES[type] ?? []).map(text).join('.')}`,
          ...(permissions === undefined ? {} : { permissions }),
          ...(expression === undefined ? {} : { condition: expression }),
        };
      }),
  );
}

/** Access lists: grants of the services themselves, beside IAM. */
const ACCESS_LIST = /(_access|_acl|_access_control)$/;

/** Without an owner no dataset is made. Source: BigQuery documentation, "Basic roles and permissions". */
const isOwnersOfProject = ({ role, special_group }: ResourceBody): boolean =>
  role === 'OWNER' && special_group === 'projectOwners';

/** What of a stack grants by an access list; that of a dataset may also stand in the dataset itself. */
export const accessListsIn = (stack: StackJson): readonly string[] =>
  resourcesOf(stack)
    .filter(
      ({ type, body }) =>
        ACCESS_LIST.test(type) || (type === 'google_bigquery_dataset' && !blocks(body.access).every(isOwnersOfProject)),
    )
    .map(({ address }) => address);

/** Custom roles of all stacks, by their names. */
export const customRolesIn = (stacks: readonly StackJson[]): readonly CustomRoleBody[] =>
  stacks.flatMap((stack) =>
    resourcesOf(stack)
      .filter(({ type }) => type === 'google_project_iam_custom_role')
      .map(({ body }) => ({
        id: `projects/${body.project}/roles/${body.role_id}`,
        permissions: [...(body.permissions as readonly string[])].sort(),
      })),
  );

/** What each workload was granted, in the stack that it is of. */
export function workloadBindings({ platform, stacks }: SynthesisedGcpPlatform): readonly WorkloadBindings[] {
  const all = bindingsIn(stacks);
  return platform.node
    .findAll()
    .filter((child): child is Workload => child instanceof Workload)
    .map((workload) => {
      const stack = (TerraformStack.of(workload) as CdktfStack).node.id;
      const member = `serviceAccount:${workload.email}`;
      return {
        path: workload.node.path,
        member,
        access: workload.access,
        bindings: all.filter((binding) => binding.stack === stack && binding.member === member),
      };
    });
}

const REFERENCE = /\$\{(google_\w+)\.([\w-]+)\.([^}]+)\}/g;

/** A text with the references in it replaced by what they will be. */
function spelled(text: string, stack: StackJson): string {
  return text.replaceAll(REFERENCE, (_, type: string, name: string, attribute: string) => {
    const body = stack.json.resource?.[type]?.[name];
    if (body === undefined) throw new Error(`${stack.name} has no ${type}.${name}`);
    return attributeOf(type, attribute, body, stack) ?? `<${type}.${name} ${attribute}>`;
  });
}

function attributeOf(type: string, attribute: string, body: ResourceBody, stack: StackJson): string | undefined {
  const { project } = body;
  switch (`${type}.${attribute}`) {
    case 'google_service_account.member':
      return `serviceAccount:${body.account_id}@${project}.iam.gserviceaccount.com`;
    case 'google_service_account.name':
      return `projects/${project}/serviceAccounts/${body.account_id}@${project}.iam.gserviceaccount.com`;
    case 'google_project_iam_custom_role.name':
      return `projects/${project}/roles/${body.role_id}`;
    case 'google_kms_key_ring.id':
      return `projects/${project}/locations/${body.location}/keyRings/${body.name}`;
    case 'google_kms_crypto_key.id':
      return `${spelled(String(body.key_ring), stack)}/cryptoKeys/${body.name}`;
    default:
      return typeof body[attribute] === 'string' ? (body[attribute] as string) : undefined;
  }
}
