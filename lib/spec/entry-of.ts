/** The entry that a map of a spec has by a name that may be anything: `constructor` is none unless somebody wrote it. */
export const entryOf = <T>(map: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined;
