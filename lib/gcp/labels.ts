import { shortHash } from '../plan/names';

/** Characters of a label. */
const LONGEST = 63;

/**
 * Tags of the plan as labels: lower-case letters, digits, `_` and `-`, at most 63 characters.
 * Source: Resource Manager documentation, "Requirements for labels".
 */
export function labelsOf(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [labelText(key), labelText(value)]));
}

/** A text as the value of a label. A longer one ends in what stands for all of it: labels tell signals apart. */
export function labelText(text: string): string {
  const written = text.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '_');
  if (written.length <= LONGEST) return written;
  const hash = shortHash(text);
  return `${written.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}
