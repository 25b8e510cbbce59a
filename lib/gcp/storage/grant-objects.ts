import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { Lazy } from 'cdktf';
import type { Construct } from 'constructs';
import { grantOnce, type IGrantee } from '../access/grantee';
import { inStackOf } from '../access/in-stack';
import type { BucketRef } from './bucket-ref';

/** read: gets and lists. write: also creates, overwrites and deletes. */
export type ObjectVerb = 'read' | 'write';

/** Characters of a condition's title. Source: IAM documentation, "Quotas and limits". */
const TITLE_LENGTH = 100;

/**
 * Folders that one condition names. IAM takes 12 logical operators in one, and a folder takes two tests. Source: the same.
 */
export const FOLDERS_A_GRANT = 6;

/** Conditions with which somebody can have one role on one bucket. Source: the same. */
export const GRANTS_A_BUCKET = 20;

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
      condition: { title: titleOf(verb, [path]), expression: objectsAt(bucketName, path) },
      dependsOn: [...inStackOf(scope, [bucket.resource])],
    });
  });
}

/** Folders of each grant that more may be added to. */
const granted = new WeakMap<Construct, string[]>();

/**
 * Grants on all below a folder, `path/…`, one of many in a bucket: as many as fit share a condition, because IAM takes only
 * so many of them for one role and principal.
 *
 * @throws Error when there is no room left: GRANTS_A_BUCKET × FOLDERS_A_GRANT folders of one bucket.
 */
export function grantFolder(bucket: BucketRef, verb: ObjectVerb, path: string, to: IGrantee): void {
  for (let number = 1; number <= GRANTS_A_BUCKET; number += 1) {
    const id = `Folders-${bucket.bucketName}-${verb}-${number}`;
    const folders = granted.get(grantOnce(to, id, () => folderGrant(bucket, verb, to, id))) ?? [];
    if (folders.includes(path)) return;
    if (folders.length < FOLDERS_A_GRANT) {
      folders.push(path);
      return;
    }
  }
  throw new Error(
    `${to.scope.node.path}: IAM lets somebody have ${GRANTS_A_BUCKET * FOLDERS_A_GRANT} folders of the bucket ${bucket.bucketName} at most, and ${path} is one more. Spread them over zones, or grant the whole bucket.`,
  );
}

function folderGrant(bucket: BucketRef, verb: ObjectVerb, to: IGrantee, id: string): StorageBucketIamMember {
  const { scope, member } = to;
  const folders: string[] = [];
  const grant = new StorageBucketIamMember(scope, id, {
    bucket: bucket.bucketName,
    role: ROLES[verb],
    member,
    condition: {
      title: Lazy.stringValue({ produce: () => titleOf(verb, folders) }),
      expression: Lazy.stringValue({
        produce: () => folders.flatMap((path) => below(bucket.bucketName, path)).join(OR),
      }),
    },
    // With another folder it is another grant, and nobody should be without the folders of before in between.
    lifecycle: { createBeforeDestroy: true },
    dependsOn: [...inStackOf(scope, [bucket.resource])],
  });
  granted.set(grant, folders);
  return grant;
}

const OR = ' || ';

function titleOf(verb: ObjectVerb, [first = '', ...more]: readonly string[]): string {
  const rest = more.length === 0 ? '' : ` and ${more.length} more`;
  return `${`${verb} ${first}`.slice(0, TITLE_LENGTH - rest.length)}${rest}`;
}

/** The condition of a grant on an object and all below it. */
export const objectsAt = (bucketName: string, path: string): string =>
  [`resource.name == "${objectName(bucketName, path)}"`, ...below(bucketName, path)].join(OR);

const objectName = (bucketName: string, path: string): string => `projects/_/buckets/${bucketName}/objects/${path}`;

/** Objects below a path, and lists of them. */
const below = (bucketName: string, path: string): readonly string[] => [
  `resource.name.startsWith("${objectName(bucketName, path)}/")`,
  `api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("${path}/")`,
];
