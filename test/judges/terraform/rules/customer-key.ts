import { type ResourceBody, resourcesOf } from '../../../support/terraform-stacks';
import { keyPlaces, keysOf } from '../customer-keys';
import type { Rule } from '../rule';

interface Exception {
  readonly reason: string;
  /** Default: always. */
  readonly applies?: (body: ResourceBody) => boolean;
}

/** Types that take a customer key and need none. */
export const KEYS_WITH_A_REASON: Readonly<Record<string, Exception>> = {
  google_storage_bucket_object: { reason: "the bucket's own key encrypts what is put in it" },
  google_bigquery_job: { reason: "the dataset's own key encrypts what a job writes" },
  google_bigquery_connection: {
    reason: 'a connection to cloud resources keeps no credentials that a key could encrypt',
    applies: ({ cloud_resource }) => cloud_resource !== undefined,
  },
};

/** Whatever keeps data keeps it under a key of the customer. */
export const customerKey: Rule = (stack) =>
  resourcesOf(stack).flatMap(({ address, type, body }) => {
    const exception = KEYS_WITH_A_REASON[type];
    if (exception !== undefined && (exception.applies?.(body) ?? true)) return [];
    const keys = keysOf(type, body);
    if (keyPlaces(type).length > 0 && keys.length === 0)
      return [{ address, message: 'takes a customer key, and has nothing that one is set on' }];
    return keys
      .filter(({ key }) => typeof key !== 'string')
      .map(({ where }) => ({
        address,
        message: where === '' ? 'has no customer key' : `${where} has no customer key`,
      }));
  });
