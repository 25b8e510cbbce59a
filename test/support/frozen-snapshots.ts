/** Frozen snapshots of a bucket as the collector of each cloud finds them; `file` makes one that is so many days old. */
export function frozenSnapshots<F>(file: (days: number) => F) {
  type Files = Readonly<Record<string, F>>;

  /** A snapshot as whatever starts runs leaves it. */
  const frozen = (name: string, days: number, attempt = 'a1'): Files => ({
    [`snapshots/${name}/${attempt}/part-0`]: file(days),
    [`snapshots/${name}/${attempt}/part-1`]: file(days),
    [`snapshots/${name}/${attempt}/manifest.json`]: file(days),
    [`snapshots/${name}/manifest.json`]: file(days),
  });

  /** A snapshot whose manifest gave way to a mark. */
  const withdrawn = (name: string, days: number, marked: number): Files => {
    const { [`snapshots/${name}/manifest.json`]: _, ...rest } = frozen(name, days);
    return { ...rest, [`snapshots/${name}/withdrawn.json`]: file(marked) };
  };

  return { frozen, withdrawn };
}

/** Names of the files that are of none of these snapshots. */
export const without = (files: Readonly<Record<string, unknown>>, ...snapshots: readonly string[]): readonly string[] =>
  Object.keys(files).filter((key) => !snapshots.some((name) => key.startsWith(`snapshots/${name}/`)));
