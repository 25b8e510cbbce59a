import { resourcesOf } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

/** Roles that may do more than use what is there, and why nothing narrower does. */
export const WIDE_ROLES_WITH_A_REASON: Readonly<Record<string, string>> = {};

const BASIC = ['roles/owner', 'roles/editor', 'roles/viewer', 'roles/browser'];
const WIDE = /(^|[./])([a-z]\w*)?(admin|owner|editor)$/i;

/** Makes and deletes tables: what a service's agent does in a dataset that is for it, and nobody to a table of others. */
const TABLE_KEEPER = 'roles/bigquery.dataEditor';
const isDataset = (type: string): boolean => type === 'google_bigquery_dataset_iam_member';

/** No basic role, and no administrator where a narrower role does. */
export const narrowRoles: Rule = (stack) =>
  resourcesOf(stack).flatMap(({ address, type, body: { role, permissions } }) => {
    const roles = typeof role === 'string' ? [role] : [];
    const granted = Array.isArray(permissions) ? permissions.filter((one) => typeof one === 'string') : [];
    return [
      ...roles.filter((one) => BASIC.includes(one)).map((one) => ({ address, message: `${one} is a basic role` })),
      ...roles
        .filter((one) => !BASIC.includes(one) && !(one === TABLE_KEEPER && isDataset(type)))
        .filter((one) => WIDE.test(one) && WIDE_ROLES_WITH_A_REASON[one] === undefined)
        .map((one) => ({ address, message: `${one} administers: use a narrower role, or write down why none does` })),
      ...granted
        .filter((one) => one.endsWith('.setIamPolicy'))
        .map((one) => ({ address, message: `a custom role with ${one} can grant itself anything` })),
    ];
  });
