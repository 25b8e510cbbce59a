/**
 * Conditions by which IAM lets somebody have some objects of a bucket: what they test for, and how much of that they take.
 * Source: IAM documentation, "Attribute reference for IAM Conditions": the name of an object, and `objectListPrefix` for
 * lists, which are of the bucket; and "Quotas and limits".
 */

/** Conditions with which somebody can have one role on one bucket. */
export const MOST_CONDITIONS = 20;

/** Tests that one condition makes. IAM takes 12 logical operators in one. */
const MOST_TESTS = 12;

/** Whether a condition that makes so many tests takes in another part. */
export const hasRoom = (made: number, tests: readonly string[]): boolean => made + tests.length <= MOST_TESTS;

/** Tests for the object `path` and all below it, `path/…`, and for lists of them. */
export const objectTests = (bucketName: string, path: string): readonly string[] => [
  isObject(bucketName, path),
  ...folderTests(bucketName, path),
  isListed(path),
];

/** Tests for lists of the object `path` and of all below it, `path/…`, and for none of these themselves. */
export const listTests = (path: string): readonly string[] => [isListedBelow(path), isListed(path)];

/** Tests for all below a folder, `path/…`, and for lists of it. */
export const folderTests = (bucketName: string, path: string): readonly string[] => [
  `resource.name.startsWith("${objectName(bucketName, path)}/")`,
  isListedBelow(path),
];

/** Tests for the bucket, by which it is listed as a whole, and for what is on the way down to these folders. */
export function wayTests(bucketName: string, folders: readonly string[]): readonly string[] {
  const above = folders.flatMap((folder) => {
    const parts = folder.split('/').slice(0, -1);
    return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
  });
  const tests = [...new Set(above)].sort().flatMap((path) => [path, `${path}/`]);
  return [`resource.name == "projects/_/buckets/${bucketName}"`, ...tests.map((path) => isObject(bucketName, path))];
}

/** How many parts with these tests each somebody can have of one role on a bucket, in so many conditions. */
export function partsThatFit(tests: readonly string[], conditions = MOST_CONDITIONS): number {
  let inOne = 0;
  while (hasRoom(inOne * tests.length, tests)) inOne += 1;
  return inOne * conditions;
}

/** What a list asks for. */
const LISTED = 'api.getAttribute("storage.googleapis.com/objectListPrefix", "")';

const isListed = (path: string): string => `${LISTED} == "${path}"`;

const isListedBelow = (path: string): string => `${LISTED}.startsWith("${path}/")`;

const objectName = (bucketName: string, path: string): string => `projects/_/buckets/${bucketName}/objects/${path}`;

const isObject = (bucketName: string, path: string): string => `resource.name == "${objectName(bucketName, path)}"`;
