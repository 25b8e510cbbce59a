import { nearest } from './did-you-mean';
import { isMap, type RawMap } from './plain';
import { type Finding, type Path, show } from './problem';

/** The key of a spec under which its environments are. */
export const ENVIRONMENTS = 'environments';

/** A spec with one environment laid over it. */
export interface Overlaid {
  /** The spec of this environment, without `environments`; undefined if there is no such environment. */
  readonly value: RawMap | undefined;
  /** Where a value of it was written: `training.cluster`, or `environments.prod.training.cluster`. */
  readonly origin: (path: Path) => Path;
  /** What is wrong with the overlay as such, at its paths in the file. */
  readonly findings: readonly Finding[];
}

/** Names of the environments of a raw spec, in the order of the file. */
export const environmentsOf = (raw: RawMap): readonly string[] =>
  isMap(raw[ENVIRONMENTS]) ? Object.keys(raw[ENVIRONMENTS]) : [];

/** The spec without its environments. */
export function withoutEnvironments(raw: RawMap): RawMap {
  const { [ENVIRONMENTS]: _, ...base } = raw;
  return base;
}

/**
 * Lays an environment over a raw spec: maps are merged, lists and scalars replace, null removes. Where a map meets
 * something else the overlay replaces it, because some options take either; the schema judges the result.
 */
export function applyEnvironment(raw: RawMap, environment: string): Overlaid {
  const base = withoutEnvironments(raw);
  const environments = raw[ENVIRONMENTS];
  if (!isMap(environments) || !Object.hasOwn(environments, environment))
    return {
      value: undefined,
      origin: (path) => path,
      findings: [unknownEnvironment(environment, environmentsOf(raw))],
    };
  const root = [ENVIRONMENTS, environment];
  // `dev:` with nothing after it is an environment that changes nothing.
  const overlay = environments[environment] ?? {};
  if (!isMap(overlay)) return { value: undefined, origin: (path) => path, findings: [notAnOverlay(root, overlay)] };
  return {
    value: merge(base, overlay),
    origin: (path) => originOf(path, base, overlay, root),
    findings: idleRemovals(base, overlay, root),
  };
}

/** The base with the overlay laid over it. Neither is changed. */
export function merge(base: RawMap, overlay: RawMap): RawMap {
  const entries = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(overlay)) {
    const below = entries.get(key);
    if (value === null) entries.delete(key);
    else entries.set(key, isMap(value) ? merge(isMap(below) ? below : {}, value) : value);
  }
  return Object.fromEntries(entries);
}

/**
 * What the overlay says about a path was written in the overlay; the rest, things that are missing from both included,
 * belongs to the base as far as the base goes.
 */
function originOf(path: Path, base: unknown, overlay: unknown, root: Path): Path {
  let [below, above] = [base, overlay];
  for (const key of path) {
    if (isMap(above) && Object.hasOwn(above, key)) above = above[key];
    else if (isMap(above) && isMap(below)) return path;
    else return [...root, ...path];
    below = isMap(below) && Object.hasOwn(below, key) ? below[key] : undefined;
  }
  return path.length === 0 ? path : [...root, ...path];
}

/** A null that removes what is not there is a typing error more often than not. */
function idleRemovals(base: unknown, overlay: RawMap, path: Path): Finding[] {
  const known = isMap(base) ? Object.keys(base) : [];
  return Object.entries(overlay).flatMap(([key, value]) => {
    const here = [...path, key];
    if (isMap(value)) return idleRemovals(isMap(base) && Object.hasOwn(base, key) ? base[key] : undefined, value, here);
    if (value !== null || known.includes(key)) return [];
    const meant = nearest(key, known);
    return [
      {
        path: here,
        at: 'key',
        message: 'removes what the spec does not have',
        received: show(value),
        allowed: known.length === 0 ? 'no null: nothing is here to remove' : `null for ${known.map(String).join(', ')}`,
        fix: meant === undefined ? 'remove the key, or give it a value' : `did you mean ${meant}?`,
      } as const,
    ];
  });
}

function unknownEnvironment(received: string, known: readonly string[]): Finding {
  const meant = nearest(received, known);
  const choose =
    known.length === 0
      ? 'choose none, or add it under environments'
      : 'choose one of these, or add it under environments';
  return {
    path: [ENVIRONMENTS],
    at: 'missing',
    message: `there is no environment ${show(received)}`,
    received: show(received),
    allowed: known.length === 0 ? 'no environment: the spec has none' : known.join(', '),
    fix: meant === undefined ? choose : `did you mean ${meant}?`,
  };
}

const notAnOverlay = (path: Path, received: unknown): Finding => ({
  path,
  message: 'is not a map',
  received: show(received),
  allowed: 'a map with what this environment changes of the spec',
  fix: 'write keys and values of the spec below it, or nothing',
});
