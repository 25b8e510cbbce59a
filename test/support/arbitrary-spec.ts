import fc from 'fast-check';
import { z } from 'zod';
import { isMap, type RawMap, valueAt } from '../../lib/spec/plain';
import type { Path } from '../../lib/spec/problem';
import { defOf, innermost, type Schema } from '../../lib/spec/schema-walk';

/** Inputs that a schema accepts, as far as the schema itself says what those are. */
export function arbitrary(schema: Schema): fc.Arbitrary<unknown> {
  const inner = innermost(schema);
  const base = arbitraryOf(inner);
  // Checks in code (refine, transform with issues) are met by trying; what a JSON Schema says is generated to fit.
  return needsTrying(inner) ? base.filter((value) => z.safeParse(schema, value).success) : base;
}

const needsTrying = (schema: Schema): boolean =>
  defOf(schema).type === 'string' ||
  ((defOf(schema) as { checks?: readonly z.core.$ZodCheck[] }).checks ?? []).some(
    (check) => check._zod.def.check === 'custom',
  );

function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  const def = defOf(schema);
  switch (def.type) {
    case 'object': {
      const entries = Object.entries(def.shape as Readonly<Record<string, Schema>>);
      const requiredKeys = entries.filter(([, part]) => part._zod.optin === undefined).map(([key]) => key);
      const parts = Object.fromEntries(entries.map(([key, part]) => [key, arbitrary(part)]));
      return fc.record(parts, { requiredKeys, noNullPrototype: true });
    }
    case 'record':
      return fc.dictionary(arbitrary(def.keyType) as fc.Arbitrary<string>, arbitrary(def.valueType), {
        maxKeys: 3,
        noNullPrototype: true,
      });
    case 'array': {
      const { minItems, maxItems = 3 } = jsonOf(schema);
      return fc.array(arbitrary(def.element), {
        ...(minItems !== undefined && { minLength: minItems }),
        maxLength: Math.min(maxItems, 3),
      });
    }
    case 'union':
      return fc.oneof(...def.options.map(arbitrary));
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries));
    case 'literal':
      return fc.constantFrom(...def.values);
    case 'boolean':
      return fc.boolean();
    case 'number': {
      const { type, minimum = -1e6, maximum = 1e6 } = jsonOf(schema);
      const [min, max] = [Math.max(minimum, -1e6), Math.min(maximum, 1e6)];
      // JSON has no negative zero.
      return type === 'integer'
        ? fc.integer({ min, max })
        : fc.double({ min, max, noNaN: true }).map((n) => (n === 0 ? 0 : n));
    }
    case 'string':
      return text(jsonOf(schema));
    default:
      throw new Error(`no generator for ${def.type}: add one`);
  }
}

const jsonOf = (schema: Schema): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });

function text({ format, pattern, minLength = 0, maxLength = 20 }: z.core.JSONSchema.BaseSchema): fc.Arbitrary<string> {
  if (format === 'email') return fc.stringMatching(/^[a-z]{1,8}@[a-z]{1,8}\.com$/);
  if (format === 'uri') return fc.stringMatching(/^https:\/\/[a-z]{1,8}\.com\/[a-z]{0,8}$/);
  if (format === 'uuid') return fc.uuid();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { size: 'small' });
  return fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 20) });
}

/** A value with one thing wrong in it, or at least changed, and where that is. */
export interface Damaged {
  readonly value: unknown;
  /** What is wrong is at or below this path, or at it looked at from below. */
  readonly path: Path;
  readonly how: string;
}

const DAMAGES: Readonly<Record<string, (parent: unknown, key: string | number) => unknown>> = {
  drop: (parent, key) => without(parent, key),
  rename: (parent, key) =>
    isMap(parent) ? { ...(without(parent, key) as RawMap), [`${key}_x`]: parent[key] } : without(parent, key),
  wrap: (parent, key) => withPart(parent, key, [valueAt(parent, [key])]),
  empty: (parent, key) => withPart(parent, key, null),
  number: (parent, key) => withPart(parent, key, 1e9 + 0.5),
  text: (parent, key) => withPart(parent, key, '?!'),
  map: (parent, key) => withPart(parent, key, { zz: 1 }),
};

/** Damages a value at one place below the root. */
export function damaged(value: unknown): fc.Arbitrary<Damaged> {
  const places = pathsIn(value).filter((path) => path.length > 0);
  if (places.length === 0) return fc.constant({ value, path: [], how: 'nothing' });
  return fc.tuple(fc.constantFrom(...places), fc.constantFrom(...Object.keys(DAMAGES))).map(([path, how]) => {
    const around = path.slice(0, -1);
    const change = DAMAGES[how] ?? (() => value);
    const part = change(valueAt(value, around), path.at(-1) ?? '');
    return { value: replaced(value, around, part), path: how === 'drop' || how === 'rename' ? missedAt() : path, how };

    /** A key that is gone or has another name is missed by the map around it; the last one by what counts the entries too. */
    function missedAt(): Path {
      return Object.keys(part as object).length === 0 ? around.slice(0, -1) : around;
    }
  });
}

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((part, i) => pathsIn(part, [...path, i]))];
  return isMap(value)
    ? [path, ...Object.entries(value).flatMap(([key, part]) => pathsIn(part, [...path, key]))]
    : [path];
}

function without(parent: unknown, key: string | number): unknown {
  if (Array.isArray(parent)) return parent.filter((_, i) => i !== key);
  const { [key]: _, ...rest } = parent as RawMap;
  return rest;
}

const withPart = (parent: unknown, key: string | number, part: unknown): unknown =>
  Array.isArray(parent) ? parent.with(Number(key), part) : { ...(parent as RawMap), [key]: part };

const replaced = (value: unknown, [key, ...rest]: Path, part: unknown): unknown =>
  key === undefined ? part : withPart(value, key, replaced(valueAt(value, [key]), rest, part));
