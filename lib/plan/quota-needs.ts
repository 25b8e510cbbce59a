interface Needed {
  readonly needed: number;
}

/** Each quota once, with what is needed of it where all of these run at a time. */
export const needed = <Q extends Needed>(quotas: readonly Q[], keyOf: (quota: Q) => string): readonly Q[] =>
  merged(quotas, keyOf, (a, b) => a + b);

/** The same where one of these sets runs at a time: the most that any needs. */
export const mostNeeded = <Q extends Needed>(
  sets: readonly (readonly Q[])[],
  keyOf: (quota: Q) => string,
): readonly Q[] =>
  merged(
    sets.flatMap((set) => needed(set, keyOf)),
    keyOf,
    Math.max,
  );

function merged<Q extends Needed>(
  quotas: readonly Q[],
  keyOf: (quota: Q) => string,
  join: (a: number, b: number) => number,
): readonly Q[] {
  const found = new Map<string, Q>();
  for (const quota of quotas) {
    const key = keyOf(quota);
    const before = found.get(key);
    found.set(key, before === undefined ? quota : { ...before, needed: join(before.needed, quota.needed) });
  }
  return [...found.values()];
}
