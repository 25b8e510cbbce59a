import { type AslState, call, expr } from './asl';
import { retry } from './retry';

/**
 * A state that asks whether there is a file whose key begins so, and outputs `{ found }`; `key` is JSONata. It lists: who may
 * list one folder only is told AccessDenied of a file that is not there. Source: S3 API reference, GetObject, Permissions.
 */
export const findFile = (bucket: string, key: string, next: string): AslState =>
  call(
    's3:listObjectsV2',
    { Bucket: bucket, Prefix: expr(key), MaxKeys: 1 },
    { Retry: retry(), Output: { found: expr('$states.result.KeyCount > 0') }, Next: next },
  );
