import { z } from 'zod';
import { nearest } from './did-you-mean';
import { isMap, type RawMap, valueAt } from './plain';
import { defOf, innermost, kindsOf, optionFor, pathsOfKey, type Schema, unionOf } from './schema-walk';

/**
 * What a value that does not fit its schema was probably meant to be, parsed as far as it goes, so that checks between
 * parts can speak in the same breath as the schema. Mistyped keys count as what they were meant to be; a scalar that does
 * not fit stays as it is. Undefined if a whole map or list is missing or misplaced: then everything that refers into it
 * would be reported for nothing.
 */
export function bestEffort(root: Schema, input: RawMap): unknown {
  let whole = true;
  const value = complete(root, input);
  return whole ? value : undefined;

  function complete(schema: Schema, given: unknown): unknown {
    const parsed = z.safeParse(schema, given);
    if (parsed.success) return parsed.data;
    const def = defOf(innermost(optionFor(schema, given)));
    switch (def.type) {
      case 'object':
        return isMap(given) ? completeObject(def.shape, given) : completeEmpty(schema, given);
      case 'record':
        return isMap(given)
          ? mapValues(given, (inner) => complete(def.valueType, inner))
          : completeEmpty(schema, given);
      case 'array':
        if (given === undefined || given === null) return completeEmpty(schema, given);
        return [given].flat().map((inner) => complete(def.element, inner));
      case 'union':
        return isMap(given) ? completeMeant(schema, given) : given;
      default:
        return typeof given === 'object' && given !== null ? broken() : given;
    }
  }

  /** What stands for a map or list that is empty or not there: its default, if it has one. */
  function completeEmpty(schema: Schema, given: unknown): unknown {
    const parsed = z.safeParse(schema, undefined);
    return parsed.success && (given === undefined || given === null) ? parsed.data : broken();
  }

  /** A map whose discriminator chooses no option, taken as the option that it nearly chooses. */
  function completeMeant(schema: Schema, given: RawMap): unknown {
    const union = unionOf(schema);
    const discriminator = union?.discriminator;
    if (union === undefined || discriminator === undefined) return broken();
    const meant = nearest(String(given[discriminator]), kindsOf(union));
    return meant === undefined ? broken() : complete(schema, { ...given, [discriminator]: meant });
  }

  function completeObject(shape: Readonly<Record<string, Schema>>, given: RawMap): RawMap {
    const meant = new Map(Object.entries(given).filter(([key]) => Object.hasOwn(shape, key)));
    for (const [key, inner] of Object.entries(given)) {
      if (Object.hasOwn(shape, key)) continue;
      const name = nearest(
        key,
        Object.keys(shape).filter((known) => !meant.has(known)),
      );
      if (name !== undefined) meant.set(name, inner);
      else if (
        isMap(inner) &&
        pathsOfKey(root, key).some((path) => valueAt(input, [...path.split('.'), key]) === undefined)
      )
        broken();
    }
    return Object.fromEntries(Object.entries(shape).map(([key, inner]) => [key, complete(inner, meant.get(key))]));
  }

  function broken(): undefined {
    whole = false;
    return undefined;
  }
}

const mapValues = (map: RawMap, change: (value: unknown) => unknown): RawMap =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
