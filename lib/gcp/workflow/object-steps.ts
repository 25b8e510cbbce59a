import { apiCall } from './http-steps';
import { asPart, BUCKETS } from './storage-urls';
import { expr, type Routine, type Step, type Value } from './syntax';

/**
 * An object that may not be there. Whoever may list only some of a bucket is told of one that is missing what is said of one
 * that is refused, 403: then a list by its name, which may be asked for where the object may be read, says which it is.
 * Source: Cloud Storage documentation, "HTTP status and error codes" and "IAM permissions for JSON methods", objects.get:
 * without `storage.objects.list` on the bucket an object that is not there is 403; "Objects: list", names come in their order.
 */
const readObject: Routine = {
  params: ['bucket', 'object', 'query'],
  steps: [
    {
      locate: {
        assign: [
          { objects: expr(`"${BUCKETS}" + bucket + "/o"`) },
          { url: expr(`objects + "/" + ${asPart('object')}`) },
          { missing: { code: 404, body: null } },
        ],
      },
    },
    apiCall('look', { method: 'GET', url: expr('url'), query: expr('query'), accept: [403, 404], result: 'answer' }),
    { is_told: { switch: [{ condition: expr('answer.code != 403'), return: expr('answer') }] } },
    apiCall('list', {
      method: 'GET',
      url: expr('objects'),
      query: { prefix: expr('object'), maxResults: 1, fields: 'items(name)' },
      result: 'page',
    }),
    { take_items: { assign: [{ items: expr('default(map.get(page.body, "items"), [])') }] } },
    {
      is_missing: {
        switch: [
          { condition: expr('len(items) == 0'), return: expr('missing') },
          { condition: expr('items[0].name != object'), return: expr('missing') },
        ],
      },
    },
    // It is there: refused, which this raises, or written meanwhile.
    apiCall('insist', { method: 'GET', url: expr('url'), query: expr('query'), accept: [404], result: 'answer' }),
    { give: { return: expr('answer') } },
  ],
};

/** What `readObjectStep` needs beside HTTP_ROUTINES. */
export const OBJECT_ROUTINES = { read_object: readObject } as const satisfies Readonly<Record<string, Routine>>;

/** Reads an object that may not be there; `result` gets `{ code, body }`, of code 404 where it is not. */
export const readObjectStep = (
  name: string,
  step: {
    /** A name or an expression. */
    readonly bucket: Value;
    /** Its name, or an expression for it. */
    readonly object: Value;
    /** A map. Default: none, and what is read is what is known of the object. */
    readonly query?: Value;
    readonly result: string;
  },
): Step => ({
  [name]: {
    call: 'read_object',
    args: { bucket: step.bucket, object: step.object, query: step.query ?? {} },
    result: step.result,
  },
});
