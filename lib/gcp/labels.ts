/**
 * Tags of the plan as labels: lower-case letters, digits, `_` and `-`, at most 63 characters.
 * Source: Resource Manager documentation, "Requirements for labels".
 */
export function labelsOf(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [labelText(key), labelText(value)]));
}

/** A text as the value of a label. */
export const labelText = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '_')
    .slice(0, 63);
