import type { PlatformSpec } from '../spec/platform';

/** Tag (AWS) or label (Google Cloud) that says which platform a resource belongs to; budgets filter by it. */
export const PLATFORM_TAG = 'mlops-platform';

/**
 * Tag of what the machine of an endpoint makes at run time (endpoint, models, configurations, alarms): the name of the
 * endpoint. Names of endpoints may begin with one another, so only this says whose something is.
 */
export const ENDPOINT_TAG = 'mlops-endpoint';

/** Tag of the same things: the model that the endpoint serves. */
export const MODEL_TAG = 'mlops-model';

/** Tags that every resource of a platform carries. */
export function planTags(spec: PlatformSpec, slug: string): Readonly<Record<string, string>> {
  return {
    [PLATFORM_TAG]: slug,
    'mlops-owner': spec.owner,
    ...(spec.environment === undefined ? {} : { 'mlops-environment': spec.environment }),
  };
}
