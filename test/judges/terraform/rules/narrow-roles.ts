import { resourcesOf, type TerraformResource } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

/** A role that may do more than use what is there: on what and to whom it is granted, and why nothing narrower does. */
interface WideGrant {
  readonly role: string;
  readonly type: string;
  /** Part of the address of the member. */
  readonly to?: string;
  readonly why: string;
}

export const WIDE_GRANTS_WITH_A_REASON: readonly WideGrant[] = [
  {
    role: 'roles/bigquery.dataEditor',
    type: 'google_bigquery_dataset_iam_member',
    why: "makes and deletes tables: what a service's agent does in a dataset that is for it, and nobody to a table of others",
  },
  {
    role: 'roles/iam.serviceAccountAdmin',
    type: 'google_service_account_iam_member',
    to: '@gcp-sa-aiplatform.',
    why: 'Vertex AI deploys what runs as an account where its agent has this role on that account; its documentation, "Use a custom service account", names no permission of it',
  },
];

const BASIC = ['roles/owner', 'roles/editor', 'roles/viewer', 'roles/browser'];
const WIDE = /(^|[./])([a-z]\w*)?(admin|owner|editor)$/i;

const hasReason = ({ type, body: { role, member } }: TerraformResource): boolean =>
  WIDE_GRANTS_WITH_A_REASON.some(
    (one) => one.role === role && one.type === type && (one.to === undefined || String(member).includes(one.to)),
  );

/** No basic role, and no administrator where a narrower role does. */
export const narrowRoles: Rule = (stack) =>
  resourcesOf(stack).flatMap((resource) => {
    const { address, body } = resource;
    const { role, permissions } = body;
    const roles = typeof role === 'string' ? [role] : [];
    const granted = Array.isArray(permissions) ? permissions.filter((one) => typeof one === 'string') : [];
    return [
      ...roles.filter((one) => BASIC.includes(one)).map((one) => ({ address, message: `${one} is a basic role` })),
      ...roles
        .filter((one) => !BASIC.includes(one) && WIDE.test(one) && !hasReason(resource))
        .map((one) => ({ address, message: `${one} administers: use a narrower role, or write down why none does` })),
      ...granted
        .filter((one) => one.endsWith('.setIamPolicy'))
        .map((one) => ({ address, message: `a custom role with ${one} can grant itself anything` })),
    ];
  });
