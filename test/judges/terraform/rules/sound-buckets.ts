import { resourcesOf, valuesAt } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

/** Whether a value at a path is what a bucket needs, and how to say so. */
const NEEDS: readonly (readonly [string, (value: unknown) => boolean])[] = [
  ['uniform_bucket_level_access: true', (value) => value === true],
  ['public_access_prevention: enforced', (value) => value === 'enforced'],
  ['versioning.enabled: true', (value) => value === true],
  ['soft_delete_policy.retention_duration_seconds: > 0', (value) => typeof value === 'number' && value > 0],
];

/** No access list beside IAM, no public object, and no deletion that cannot be undone. */
export const soundBuckets: Rule = (stack) =>
  resourcesOf(stack)
    .filter(({ type }) => type === 'google_storage_bucket')
    .flatMap(({ address, body }) =>
      NEEDS.filter(([need, holds]) => {
        const path = need.replace(/:.*/, '').split('.');
        return !valuesAt(body, path).some(holds);
      }).map(([need]) => ({ address, message: `needs ${need}` })),
    );
