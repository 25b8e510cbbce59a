import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { Lazy } from 'cdktf';
import type { Construct } from 'constructs';
import { folderTests, hasRoom, listTests, MOST_CONDITIONS, objectTests, wayTests } from '../../plan/object-conditions';
import { after } from '../access/after';
import { grantOnce, type IGrantee } from '../access/grantee';
import type { BucketRef } from './bucket-ref';

/** list: names, and nothing of what has them. read: gets and lists. write: also creates, overwrites and deletes. */
export type ObjectVerb = 'list' | 'read' | 'write';

/** Characters of a condition's title. Source: IAM documentation, "Quotas and limits". */
const TITLE_LENGTH = 100;

const ROLES: Readonly<Record<ObjectVerb, string>> = {
  // No predefined role only lists; what its condition tests for is nothing but lists.
  list: 'roles/storage.objectViewer',
  read: 'roles/storage.objectViewer',
  write: 'roles/storage.objectUser',
};

/**
 * Grants on the object `path` and on all below it, `path/…`, and on no other of the bucket. Lists must ask for a prefix
 * from there, or for `path` itself, by which one learns whether the object is there; that gives the names of others which
 * begin like it, and not their content. Works on buckets with uniform access alone.
 *
 * @throws Error when somebody has as many grants on the bucket as IAM takes.
 */
export function grantObjects(bucket: BucketRef, verb: ObjectVerb, path: string, to: IGrantee): void {
  const tests = verb === 'list' ? listTests(path) : objectTests(bucket.bucketName, path);
  share(bucket, verb, { path, tests }, to);
}

/** Grants on all below a folder, `path/…`, likewise. */
export function grantFolder(bucket: BucketRef, verb: Exclude<ObjectVerb, 'list'>, path: string, to: IGrantee): void {
  share(bucket, verb, { path, tests: folderTests(bucket.bucketName, path) }, to);
}

/**
 * Lets someone walk a mounted bucket down to these folders, whose grants are apart: `/gcs/bucket` is looked at first, then
 * every folder on the way. Names of all objects of the bucket can be read by that; their content cannot.
 *
 * Source: Cloud Storage FUSE, internal/gcsx/bucket_manager.go (lists a bucket once, by no prefix, before anything else) and
 * internal/fs/inode/dir.go (asks for an object and a folder by each part of a path).
 */
export function grantWay(bucket: BucketRef, folders: readonly string[], to: IGrantee): void {
  const path = `the way to ${[...folders].sort().join(', ')}`;
  share(bucket, 'read', { path, tests: wayTests(bucket.bucketName, folders) }, to);
}

/** What is granted, and how a condition tests for it. */
interface Part {
  readonly path: string;
  readonly tests: readonly string[];
}

/** Parts of each grant that more may be added to. */
const granted = new WeakMap<Construct, Part[]>();

/** As many parts as fit share a condition: IAM takes only so many of these for one role and principal, and on one bucket. */
function share(bucket: BucketRef, verb: ObjectVerb, part: Part, to: IGrantee): void {
  for (let number = 1; number <= MOST_CONDITIONS; number += 1) {
    const id = `Objects-${bucket.bucketName}-${verb}-${number}`;
    const grant = grantOnce(to, { id }, (_scope, given) => grantOf(bucket, verb, to, given, number));
    const parts = granted.get(grant) ?? [];
    if (parts.some(({ path }) => path === part.path)) return;
    if (hasRoom(parts.flatMap(({ tests }) => tests).length, part.tests)) {
      parts.push(part);
      return;
    }
  }
  throw new Error(
    `${to.scope.node.path}: IAM lets somebody have ${MOST_CONDITIONS} conditions of one role on the bucket ${bucket.bucketName}, and they are full; ${part.path} is one more. Spread what is granted over zones, or grant the whole bucket.`,
  );
}

function grantOf(
  bucket: BucketRef,
  verb: ObjectVerb,
  to: IGrantee,
  id: string,
  number: number,
): StorageBucketIamMember {
  const { scope, member } = to;
  const parts: Part[] = [];
  const sorted = () => [...parts].sort((a, b) => (a.path < b.path ? -1 : 1));
  const grant = new StorageBucketIamMember(scope, id, {
    bucket: bucket.bucketName,
    role: ROLES[verb],
    member,
    condition: {
      title: Lazy.stringValue({ produce: () => titleOf(verb, number, sorted()) }),
      expression: Lazy.stringValue({
        produce: () =>
          sorted()
            .flatMap(({ tests }) => tests)
            .join(OR),
      }),
    },
    // With another part it is another grant, and nobody should be without those of before in between.
    lifecycle: { createBeforeDestroy: true },
    dependsOn: [...after(scope, [bucket.resource])],
  });
  granted.set(grant, parts);
  return grant;
}

const OR = ' || ';

/**
 * A binding is its role, member and condition, and the title is of the condition: with its number no grant can become what
 * another was, whose removal would take it away again.
 */
function titleOf(verb: ObjectVerb, number: number, [first, ...more]: readonly Part[]): string {
  const rest = `${more.length === 0 ? '' : ` and ${more.length} more`}${number === 1 ? '' : `, grant ${number}`}`;
  return `${`${verb} ${first?.path ?? ''}`.slice(0, TITLE_LENGTH - rest.length)}${rest}`;
}
