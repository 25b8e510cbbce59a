import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { grantOnce, type IGrantee } from '../access/grantee';
import { inStackOf } from '../access/in-stack';
import type { BucketRef } from './bucket-ref';

/** read: gets and lists. write: also creates, overwrites and deletes. */
export type ObjectVerb = 'read' | 'write';

/** Characters of a condition's title. Source: IAM documentation, "Quotas and limits". */
const TITLE_LENGTH = 100;

const ROLES: Readonly<Record<ObjectVerb, string>> = {
  read: 'roles/storage.objectViewer',
  write: 'roles/storage.objectUser',
};

/**
 * Grants on the object `path` and on all below it, `path/…`, and on no other of the bucket. Lists must ask for a prefix
 * from there. Source: IAM documentation, "Attribute reference for IAM Conditions": the name of an object, and
 * `objectListPrefix` for lists, which are of the bucket. Works on buckets with uniform access alone.
 */
export function grantObjects(bucket: BucketRef, verb: ObjectVerb, path: string, to: IGrantee): void {
  const { bucketName } = bucket;
  grantOnce(to, `Objects-${bucketName}-${verb}-${path.replaceAll('/', '.')}`, (scope, id) => {
    return new StorageBucketIamMember(scope, id, {
      bucket: bucketName,
      role: ROLES[verb],
      member: to.member,
      condition: { title: `${verb} ${path}`.slice(0, TITLE_LENGTH), expression: objectsAt(bucketName, path) },
      dependsOn: [...inStackOf(scope, [bucket.resource])],
    });
  });
}

/** The condition of such a grant. */
export function objectsAt(bucketName: string, path: string): string {
  const object = `projects/_/buckets/${bucketName}/objects/${path}`;
  const listed = 'api.getAttribute("storage.googleapis.com/objectListPrefix", "")';
  return [
    `resource.name == "${object}"`,
    `resource.name.startsWith("${object}/")`,
    `${listed}.startsWith("${path}/")`,
  ].join(' || ');
}
