/**
 * Lets a rule judge each entry of a map or list by itself. An entry that the rule cannot read, because a part of it is
 * missing or wrong, keeps it from none of the others; the error is thrown once all of them were judged.
 */
export function eachEntry<T>(map: Readonly<Record<string, T>>, judge: (entry: T, name: string) => void): void;
export function eachEntry<T>(list: readonly T[], judge: (entry: T, at: number) => void): void;
export function eachEntry<T>(
  entries: readonly T[] | Readonly<Record<string, T>>,
  judge: (entry: T, key: never) => void,
): void {
  const errors: unknown[] = [];
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      errors.push(error);
    }
  };
  // Keys, never entries: the values of a spec that is only partly there throw when they are read.
  for (const name of Object.keys(entries))
    attempt(() => judge(entries[name as never], (Array.isArray(entries) ? Number(name) : name) as never));
  if (errors.length > 0) throw errors[0];
}
