import type { z } from 'zod';
import { isMap } from './plain';
import type { Path } from './problem';

export type Schema = z.core.$ZodType;
type Def = z.core.$ZodTypes['_zod']['def'];

/** The definition of a schema, narrowed by its `type`. */
export const defOf = (schema: Schema): Def => (schema as z.core.$ZodTypes)._zod.def;

/** The schema inside optional, default, codec and the like that takes the input, after all that is around it. */
export function unwrap(schema: Schema): readonly Schema[] {
  const chain = [schema];
  for (let inner = innerOf(schema); inner !== undefined; inner = innerOf(inner)) chain.push(inner);
  return chain;
}

/** What {@link unwrap} ends at. */
export const innermost = (schema: Schema): Schema => unwrap(schema).at(-1) ?? schema;

function innerOf(schema: Schema): Schema | undefined {
  const def = defOf(schema);
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'nonoptional':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'catch':
      return def.innerType;
    case 'pipe':
      return defOf(def.in).type === 'transform' ? def.out : def.in;
    case 'lazy':
      return def.getter();
    default:
      return undefined;
  }
}

/** The keys that an object schema names; none for anything else. */
export function shapeOf(schema: Schema): Readonly<Record<string, Schema>> {
  const def = defOf(innermost(schema));
  return def.type === 'object' ? def.shape : {};
}

/** The values that an enum or literal schema takes; undefined for anything else. */
export function valuesOf(schema: Schema): readonly z.core.util.Primitive[] | undefined {
  const def = defOf(innermost(schema));
  if (def.type === 'literal') return def.values;
  return def.type === 'enum' ? Object.values(def.entries) : undefined;
}

/** A union: its options, and the key that tells them apart if there is one. */
export interface Union {
  readonly discriminator: string | undefined;
  /** The options with the values of the discriminator that choose them. */
  readonly options: readonly { readonly schema: Schema; readonly kinds: readonly z.core.util.Primitive[] }[];
}

export function unionOf(schema: Schema): Union | undefined {
  const def = defOf(innermost(schema));
  if (def.type !== 'union') return undefined;
  const discriminator = 'discriminator' in def ? String(def.discriminator) : undefined;
  const kindsOf = (option: Schema) => {
    const choice = discriminator === undefined ? undefined : shapeOf(option)[discriminator];
    return choice === undefined ? [] : (valuesOf(choice) ?? []);
  };
  return { discriminator, options: def.options.map((option) => ({ schema: option, kinds: kindsOf(option) })) };
}

/** All values that the discriminator of a union may have. */
export const kindsOf = (union: Union): readonly string[] => union.options.flatMap(({ kinds }) => kinds.map(String));

/** The option of a union that a value means: by its discriminator, else the first that a map, list or scalar could be. */
export function optionFor(schema: Schema, value: unknown): Schema {
  const union = unionOf(schema);
  if (union === undefined) return schema;
  const { options, discriminator } = union;
  const fitting = options.find((option) => {
    if (discriminator !== undefined) return isMap(value) && option.kinds.includes(value[discriminator] as string);
    return isMap(value) === MAPS.has(defOf(innermost(option.schema)).type);
  });
  return fitting === undefined ? schema : optionFor(fitting.schema, value);
}

const MAPS: ReadonlySet<string> = new Set(['object', 'record']);

/** The schema that judges what is at a path of a value; undefined where nothing may be. */
export function schemaAt(root: Schema, path: Path, value: unknown): Schema | undefined {
  let schema: Schema | undefined = root;
  let inner = value;
  for (const key of path) {
    if (schema === undefined) return undefined;
    schema = childOf(optionFor(schema, inner), key);
    inner = typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[key] : undefined;
  }
  return schema;
}

function childOf(schema: Schema, key: string | number): Schema | undefined {
  const def = defOf(innermost(schema));
  switch (def.type) {
    case 'object':
      return Object.hasOwn(def.shape, key) ? def.shape[key] : def.catchall;
    case 'record':
      return def.valueType;
    case 'array':
      return def.element;
    case 'tuple':
      return def.items[Number(key)] ?? def.rest ?? undefined;
    default:
      return undefined;
  }
}

/** Paths at which a key is known, `*` standing for any name of a map. */
export function pathsOfKey(root: Schema, key: string): string[] {
  const found: string[] = [];
  visit(root, []);
  return [...new Set(found)];

  function visit(schema: Schema, path: readonly string[]): void {
    const def = defOf(innermost(schema));
    if (def.type === 'union') for (const option of def.options) visit(option, path);
    if (def.type === 'record') visit(def.valueType, [...path, '*']);
    if (def.type !== 'object' || path.length > 8) return;
    for (const [name, child] of Object.entries(def.shape)) {
      if (name === key) found.push(path.join('.'));
      visit(child, [...path, name]);
    }
  }
}
