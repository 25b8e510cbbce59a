import { z } from 'zod';
import { nearest } from './did-you-mean';
import { ONCE } from './once';
import { isMap, type RawMap } from './plain';
import type { Path } from './problem';
import { defOf, innermost, kindsOf, optionFor, type Schema, unionOf } from './schema-walk';

/** Thrown where somebody reads a part of a spec that is missing or wrong. */
class UnknownPart extends Error {}

/**
 * A value that does not fit its schema, parsed as far as it goes, so that checks between parts can speak in the same
 * breath as the schema. Mistyped keys and kinds count as what they were meant to be. Reading any other part that is
 * missing or wrong throws, so that nothing is ever concluded from it.
 *
 * @param misplaced - keys that were found where they do not belong: what they stand for is there, but unknown
 * @param overlaid - whether what is at a path was written in an overlay, and not in what that is laid over
 */
export function bestEffort(
  root: Schema,
  input: RawMap,
  misplaced: ReadonlySet<string>,
  overlaid: (path: Path) => boolean,
): unknown {
  return complete(root, input, [])();

  /** Gives the value when it is called, or throws if there is none. */
  function complete(schema: Schema, given: unknown, path: Path): () => unknown {
    const parsed = z.safeParse(schema, given, ONCE);
    if (parsed.success) return () => parsed.data;
    const def = defOf(innermost(optionFor(schema, given)));
    if (def.type === 'object' && isMap(given)) return always(completeObject(def.shape, given, path));
    if (def.type === 'record' && isMap(given))
      return always(
        withParts({}, Object.entries(given), (inner, key) => complete(def.valueType, inner, [...path, key])),
      );
    if (def.type === 'array' && Array.isArray(given))
      return always(withParts([], [...given.entries()], (inner, i) => complete(def.element, inner, [...path, i])));
    return (isMap(given) && completeMeant(schema, given, path)) || unknown;
  }

  /** A map whose discriminator chooses no option, taken as the option that it nearly chooses. */
  function completeMeant(schema: Schema, given: RawMap, path: Path): (() => unknown) | undefined {
    const union = unionOf(schema);
    const discriminator = union?.discriminator;
    if (union === undefined || discriminator === undefined) return undefined;
    const meant = nearest(String(given[discriminator]), kindsOf(union));
    return meant === undefined ? undefined : complete(schema, { ...given, [discriminator]: meant }, path);
  }

  function completeObject(shape: Readonly<Record<string, Schema>>, given: RawMap, path: Path): object {
    const meant = new Map(Object.entries(given).filter(([key]) => Object.hasOwn(shape, key)));
    const twice = new Set<string>();
    const isAbove = (key: string) => overlaid([...path, key]);
    for (const [key, inner] of Object.entries(given)) {
      const isBeside = (known: string) => !Object.hasOwn(given, known) || isAbove(known) === isAbove(key);
      const free = Object.keys(shape).filter((known) => !meant.has(known) || !isBeside(known));
      const name = Object.hasOwn(shape, key) ? undefined : nearest(key, free);
      // What an overlay says with a mistyped key it says of what is there, and that is as it was no more.
      if (name !== undefined && meant.has(name)) twice.add(name);
      else if (name !== undefined) meant.set(name, inner);
    }
    return withParts({}, Object.entries(shape), (inner, key) =>
      twice.has(key) || (misplaced.has(key) && !meant.has(key))
        ? unknown
        : complete(inner, meant.get(key), [...path, key]),
    );
  }
}

const always = (value: unknown) => () => value;

function unknown(): never {
  throw new UnknownPart('this part of the spec is missing or wrong');
}

/** Gives the target a property for each part, worked out when it is read. */
function withParts<K extends string | number, T>(
  target: object,
  parts: readonly (readonly [K, T])[],
  reader: (part: T, key: K) => () => unknown,
): object {
  for (const [key, part] of parts) Object.defineProperty(target, key, { get: reader(part, key), enumerable: true });
  return target;
}
