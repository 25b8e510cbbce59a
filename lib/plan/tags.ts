import type { PlatformSpec } from '../spec/platform';

/** Tag (AWS) or label (Google Cloud) that says which platform a resource belongs to; budgets filter by it. */
export const PLATFORM_TAG = 'mlops-platform';

/** Tags that every resource of a platform carries. */
export function planTags(spec: PlatformSpec, slug: string): Readonly<Record<string, string>> {
  return {
    [PLATFORM_TAG]: slug,
    'mlops-owner': spec.owner,
    ...(spec.environment === undefined ? {} : { 'mlops-environment': spec.environment }),
  };
}
