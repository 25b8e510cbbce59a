/** Bytes of a spec file or text. */
export const MAX_SPEC_BYTES = 1024 * 1024;

/** Maps and lists inside one another. */
export const MAX_SPEC_DEPTH = 64;

/** Values that the aliases of one YAML file may stand for in all, each alias counted by what it repeats. */
export const MAX_ALIASED_VALUES = 10_000;

/** Values in a spec given as an object. */
export const MAX_SPEC_VALUES = 100_000;

/** Keys that would reach into JavaScript's own objects instead of being data. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
