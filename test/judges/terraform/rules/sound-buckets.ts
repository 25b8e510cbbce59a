import { resourcesOf, type TerraformStack, valuesAt } from '../../../support/terraform-stacks';
import { Names } from '../names';
import type { Rule } from '../rule';

/** Whether a value at a path is what a bucket needs, and how to say so. */
const NEEDS: readonly (readonly [string, (value: unknown) => boolean])[] = [
  ['uniform_bucket_level_access: true', (value) => value === true],
  ['public_access_prevention: enforced', (value) => value === 'enforced'],
  ['versioning.enabled: true', (value) => value === true],
  ['soft_delete_policy.retention_duration_seconds: > 0', (value) => typeof value === 'number' && value > 0],
];

/** No access list beside IAM, no public object, and no deletion that cannot be undone. */
export const soundBuckets: Rule = (stack) => {
  const ofTables = tableBuckets(stack);
  return resourcesOf(stack)
    .filter(({ type }) => type === 'google_storage_bucket')
    .flatMap(({ address, body }) =>
      NEEDS.filter(([need, holds]) => {
        if (need.startsWith('versioning') && ofTables.has(address)) return false;
        const path = need.replace(/:.*/, '').split('.');
        return !valuesAt(body, path).some(holds);
      }).map(([need]) => ({ address, message: `needs ${need}` })),
    );
};

/** Buckets of managed tables: those keep snapshots of their own, and versions of the files would outlive them all. */
function tableBuckets(stack: TerraformStack): ReadonlySet<string> {
  const names = new Names(stack);
  const places = resourcesOf(stack).flatMap(({ body }) => valuesAt(body, ['biglake_configuration', 'storage_uri']));
  return new Set(places.flatMap((place) => [...names.in(place)]));
}
