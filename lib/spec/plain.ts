import { FORBIDDEN_KEYS, MAX_SPEC_DEPTH, MAX_SPEC_VALUES } from './limits';
import { type Finding, type Path, type Report, show } from './problem';

const ALLOWED = 'plain maps, lists, texts, numbers, booleans and null';

/** A map of a spec that was read but not checked. */
export type RawMap = Readonly<Record<string, unknown>>;

/** Whether a value is a map, as opposed to a list or a scalar. */
export const isMap = (value: unknown): value is RawMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path; undefined where the path leads to nothing. */
export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );

/** The value with what is at a path replaced; maps on the way are copied. */
export function withValueAt(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
  if (key === undefined) return replacement;
  const inner = withValueAt(valueAt(value, [key]), rest, replacement);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...(isMap(value) ? value : {}), [key]: inner };
}

/**
 * A deep copy of plain data. Reports what is no data: accessors, cycles, functions, symbols, instances of classes.
 * No getter is called. Keys whose value is undefined are left out, as in JSON.
 *
 * @param drop - told of a key that is left out of the copy because a spec cannot have it
 */
export function copyPlain(root: unknown, report: Report, drop: Report = report): unknown {
  const open = new Set<object>();
  let count = 0;
  return copy(root, []);

  function copy(value: unknown, path: Path): unknown {
    count += 1;
    if (count === MAX_SPEC_VALUES + 1)
      refuse([], 'is too large', `more than ${MAX_SPEC_VALUES} values`, `at most ${MAX_SPEC_VALUES} values`);
    if (count > MAX_SPEC_VALUES || value === null || typeof value === 'string' || typeof value === 'boolean')
      return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (typeof value !== 'object') return refuse(path, 'is not data', kindOf(value));
    if (open.has(value)) return refuse(path, 'contains itself', 'a cycle');
    if (path.length >= MAX_SPEC_DEPTH)
      return refuse(
        path,
        'is nested too deeply',
        `more than ${MAX_SPEC_DEPTH} levels`,
        `at most ${MAX_SPEC_DEPTH} levels`,
      );
    if (!Array.isArray(value) && !isPlain(value)) return refuse(path, 'is not data', kindOf(value));
    open.add(value);
    const copied = Array.isArray(value)
      ? Array.from({ length: value.length }, (_, i) => property(value, i, [...path, i]))
      : copyEntries(value, path);
    open.delete(value);
    return copied;
  }

  function copyEntries(value: object, path: Path): RawMap {
    const entries: [string, unknown][] = [];
    for (const key of Reflect.ownKeys(value)) {
      if (!Object.prototype.propertyIsEnumerable.call(value, key)) continue;
      if (typeof key === 'symbol') drop(symbolKey(path, key));
      else if (FORBIDDEN_KEYS.has(key)) drop(forbiddenKey([...path, key]));
      else entries.push([key, property(value, key, [...path, key])]);
    }
    return Object.fromEntries(entries.filter(([, copied]) => copied !== undefined));
  }

  function property(owner: object, key: string | number, path: Path): unknown {
    const descriptor = Object.getOwnPropertyDescriptor(owner, key);
    if (descriptor?.get !== undefined || descriptor?.set !== undefined)
      return refuse(path, 'is computed when it is read', 'an accessor');
    if (descriptor?.value === undefined && Array.isArray(owner)) return refuse(path, 'is empty', 'undefined in a list');
    return descriptor?.value === undefined ? undefined : copy(descriptor.value, path);
  }

  function refuse(path: Path, message: string, received: string, allowed = ALLOWED): null {
    report({ path, message, received, allowed, fix: 'give the data itself, or remove it' });
    return null;
  }
}

const symbolKey = (path: Path, key: symbol): Finding => ({
  path,
  message: 'has a symbol as a key',
  received: String(key),
  allowed: 'keys that are text',
  fix: 'write a text as the key, or remove it',
});

/** A key that would reach into JavaScript's own objects. The path ends at it. */
export const forbiddenKey = (path: Path): Finding => ({
  path,
  message: 'is a name that JavaScript keeps for itself',
  received: show(path.at(-1)),
  allowed: `any key but ${[...FORBIDDEN_KEYS].join(', ')}`,
  fix: 'choose another name, or remove it',
});

/** Objects of other realms (a test runner's sandbox) are plain too, so prototypes are not compared with this realm's. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null);
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'number' ? String(value) : `a ${typeof value}`;
  const owner = (value as { constructor?: { name?: string } }).constructor?.name ?? '';
  return owner === '' ? 'an instance of a class' : `an instance of ${owner}`;
}

/** Freezes plain data through and through and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}
