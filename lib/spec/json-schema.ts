import { z } from 'zod';
import { environmentName } from './identifiers';
import { ENVIRONMENTS } from './overlay';

/** A JSON Schema of draft 2020-12: the keywords that are looked into here, and any other. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

const OVERLAY = 'environment';

/**
 * The JSON Schema of what users write: the input of a schema, and environments that overlay it, for completion and
 * checks in editors. It is a little more lenient than loading a spec: what is missing from the base an environment may
 * add, so with environments no key at the top is required.
 */
export function platformJsonSchema(schema: z.ZodType): JsonSchema {
  const base = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  const definitions = new Map<string, JsonSchema>();
  const overlay = overlayOf(base, base, definitions);
  const { $schema, $defs, properties, required, ...rest } = base;
  const { $schema: _, ...names } = z.toJSONSchema(environmentName, { io: 'input' }) as JsonSchema;
  return {
    $schema: $schema ?? 'https://json-schema.org/draft/2020-12/schema',
    title: 'ML platform',
    description: 'An ML platform: what it has, and how each of its environments differs.',
    ...rest,
    properties: {
      ...properties,
      [ENVIRONMENTS]: {
        description:
          'Environments by name: what each changes. Maps are merged, lists and values replace, null removes.',
        type: 'object',
        propertyNames: names,
        additionalProperties: { anyOf: [{ $ref: `#/$defs/${OVERLAY}` }, { type: 'null' }] },
      },
    },
    ...(required === undefined ? {} : { anyOf: [{ required }, { required: [ENVIRONMENTS] }] }),
    $defs: { ...$defs, ...Object.fromEntries(definitions), [OVERLAY]: overlay },
  };
}

/** What may be laid over a value: of a map any part of it, with null to remove; anything else as a whole. */
function overlayOf(schema: JsonSchema, root: JsonSchema, definitions: Map<string, JsonSchema>): JsonSchema {
  const again = (inner: JsonSchema): JsonSchema => overlayOf(inner, root, definitions);
  if (schema.$ref !== undefined) return overlayOfReference(schema, root, definitions);
  const { default: _default, required: _required, minProperties: _min, ...rest } = schema;
  const branches = schema.oneOf ?? schema.anyOf;
  if (branches !== undefined) return overlayOfBranches(rest, branches, again);
  if (schema.type !== 'object') return rest;
  const { $schema: _schema, $defs: _defs, ...partial } = rest;
  return {
    ...partial,
    ...(schema.properties === undefined
      ? {}
      : { properties: mapValues(schema.properties, (inner) => orNull(again(inner))) }),
    ...(typeof schema.additionalProperties === 'object'
      ? { additionalProperties: orNull(again(schema.additionalProperties)) }
      : {}),
  };
}

/** The overlay of a shared definition is shared too; a recursive definition ends here. */
function overlayOfReference(schema: JsonSchema, root: JsonSchema, definitions: Map<string, JsonSchema>): JsonSchema {
  const name = schema.$ref?.replace('#/$defs/', '') ?? '';
  const target = root.$defs?.[name];
  if (target === undefined) throw new TypeError(`no definition ${schema.$ref} in the JSON Schema`);
  const overlay = `${name}Overlay`;
  if (!definitions.has(overlay)) {
    definitions.set(overlay, {});
    definitions.set(overlay, overlayOf(target, root, definitions));
  }
  return { ...schema, $ref: `#/$defs/${overlay}` };
}

/**
 * The kinds of a map become one map with the keys of all, because an overlay may leave the kind to the base, or change it
 * and remove keys of the former. What is no map stays an alternative.
 */
function overlayOfBranches(
  { oneOf: _one, anyOf: _any, ...rest }: JsonSchema,
  branches: readonly JsonSchema[],
  again: (inner: JsonSchema) => JsonSchema,
): JsonSchema {
  const isShape = (branch: JsonSchema) => branch.type === 'object' && branch.properties !== undefined;
  const shapes = branches.filter(isShape).map(again);
  const others = branches.filter((branch) => !isShape(branch)).map(again);
  const keys = [...new Set(shapes.flatMap((shape) => Object.keys(shape.properties ?? {})))];
  const properties = keys.map((key) => [
    key,
    alternatives(shapes.flatMap<JsonSchema>((shape) => shape.properties?.[key] ?? [])),
  ]);
  const merged = { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false } as const;
  return { ...rest, ...alternatives([...(shapes.length === 0 ? [] : [merged]), ...others]) };
}

const orNull = (schema: JsonSchema): JsonSchema => alternatives([schema, { type: 'null' }]);

/** One of several schemas, each named once. Descriptions stay outside, where editors look for them. */
function alternatives(schemas: readonly JsonSchema[]): JsonSchema {
  const flat = schemas.flatMap<JsonSchema>((schema) => (isOnlyAnyOf(schema) ? (schema.anyOf ?? []) : [schema]));
  const descriptions = [...new Set(schemas.flatMap(({ description }) => description ?? []))];
  const unique = [...new Map(flat.map(({ description: _, ...schema }) => [JSON.stringify(schema), schema])).values()];
  const [only, ...more] = unique;
  const described = descriptions.length === 0 ? {} : { description: descriptions.join(' ') };
  return only !== undefined && more.length === 0 ? { ...described, ...only } : { ...described, anyOf: unique };
}

const isOnlyAnyOf = (schema: JsonSchema): boolean =>
  schema.anyOf !== undefined && Object.keys(schema).every((key) => key === 'anyOf' || key === 'description');

const mapValues = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
