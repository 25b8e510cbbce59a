import { z } from 'zod';
import { adviceOf } from './advice';
import {
  defOf,
  innermost,
  kindsOf,
  optionFor,
  type Schema,
  shapeOf,
  type Union,
  unionOf,
  unwrap,
  valuesOf,
} from './schema-walk';

/** What a schema allows, in words that go on after "allowed:". */
export function describeAllowed(schema: Schema): string {
  const advice = firstAdvice(schema);
  if (advice !== undefined) return advice.allowed;
  const values = valuesOf(schema);
  if (values !== undefined) return values.map(String).join(', ');
  const union = unionOf(schema);
  if (union !== undefined) return describeUnion(union);
  const inner = innermost(schema);
  switch (defOf(inner).type) {
    case 'boolean':
      return 'true or false';
    case 'object':
      return describeObject(inner);
    case 'record':
      return 'a map';
    case 'array':
    case 'tuple':
      return describeList(inner);
    case 'number':
    case 'string':
      return describeScalar(inner);
    default:
      return 'another value';
  }
}

/** The advice nearest to the outside of a schema. */
export const firstAdvice = (schema: Schema) =>
  unwrap(schema)
    .map(adviceOf)
    .find((advice) => advice !== undefined);

function describeUnion(union: Union): string {
  const { discriminator, options } = union;
  if (discriminator !== undefined) return `a map with ${discriminator}: ${alternatives(kindsOf(union))}`;
  return [...new Set(options.map(({ schema }) => describeAllowed(schema)))].join(', or ');
}

/** `a, b or c` */
export const alternatives = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

function describeObject(schema: Schema): string {
  const keys = Object.entries(shapeOf(schema)).map(([key, inner]) =>
    inner._zod.optin === undefined ? `${key} (required)` : key,
  );
  return keys.length === 0
    ? 'an empty map'
    : `a map with ${keys.length === 1 ? 'the key' : 'the keys'} ${keys.join(', ')}`;
}

function describeList(schema: Schema): string {
  const { minItems, maxItems } = jsonSchemaOf(schema);
  const def = defOf(schema);
  const of = def.type === 'array' ? `, each ${describeAllowed(def.element)}` : '';
  if (minItems === undefined && maxItems === undefined) return `a list${of}`;
  return `a list of ${range(minItems, maxItems)}${of}`;
}

function describeScalar(schema: Schema): string {
  const json = jsonSchemaOf(schema);
  if (json.type === 'string') return describeText(schema, json);
  const what = json.type === 'integer' ? 'a whole number' : 'a number';
  const [from, to] = [json.minimum, json.maximum].map((n) =>
    Math.abs(n ?? Infinity) < Number.MAX_SAFE_INTEGER ? n : undefined,
  );
  const above = json.exclusiveMinimum === undefined ? '' : ` above ${json.exclusiveMinimum}`;
  const below = json.exclusiveMaximum === undefined ? '' : ` below ${json.exclusiveMaximum}`;
  const steps = json.multipleOf === undefined ? '' : ` in steps of ${json.multipleOf}`;
  if (from === undefined && to === undefined) return `${what}${above}${below}${steps}`;
  return `${what}${from !== undefined && to !== undefined ? ` from ${from} to ${to}` : `, ${range(from, to)}`}${above}${below}${steps}`;
}

const FORMATS: Readonly<Record<string, string>> = {
  email: 'an e-mail address such as team@example.com',
  uri: 'a URL such as https://example.com/',
  uuid: 'a UUID',
  date: 'a date such as 2026-01-31',
};

function describeText(schema: Schema, json: z.core.JSONSchema.BaseSchema): string {
  const what =
    ownWords(schema) ??
    FORMATS[json.format ?? ''] ??
    (json.pattern === undefined ? 'text' : `text that matches ${json.pattern}`);
  const { minLength, maxLength } = json;
  if (minLength === undefined && maxLength === undefined) return what;
  const length = `${range(minLength, maxLength)} ${(maxLength ?? minLength) === 1 ? 'character' : 'characters'}`;
  return what.startsWith('text') ? `text of ${length}${what.slice('text'.length)}` : `${what}, ${length}`;
}

const range = (min: number | undefined, max: number | undefined): string => {
  if (min === undefined) return `at most ${max}`;
  if (max === undefined) return `at least ${min}`;
  return min === max ? `${min}` : `${min} to ${max}`;
};

type ErrorWords = ((issue: unknown) => string | { message: string } | null | undefined) | undefined;

/** What the author of a schema says about its form: `must be an id, for example x` gives `an id, for example x`. */
function ownWords(schema: Schema): string | undefined {
  const { checks = [], error } = defOf(schema) as { checks?: readonly z.core.$ZodCheck[]; error?: unknown };
  const formats = checks
    .filter((check) => check._zod.def.check === 'string_format')
    .map((check) => check._zod.def.error);
  for (const words of [...formats, error] as ErrorWords[]) {
    const said = words?.({ code: 'invalid_format', format: 'regex', input: '', path: [] });
    const text = typeof said === 'object' ? said?.message : said;
    if (text !== undefined) return withoutMust(text);
  }
  return undefined;
}

/** `must be x` as something that is allowed: `x`. */
export const withoutMust = (text: string): string =>
  text.replace(/^must be /, '').replace(/^must match /, 'text that matches ');

/** A value that a schema surely allows, as it is written in YAML; undefined when only the user can know one. */
export function exampleOf(schema: Schema): string | undefined {
  const json = jsonSchemaOf(schema);
  const value =
    json.examples?.[0] ??
    json.default ??
    valuesOf(schema)?.[0] ??
    (firstAdvice(schema) === undefined ? json.minimum : undefined);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (json.type === 'boolean') return 'true';
  return json.format === 'email' ? 'team@example.com' : undefined;
}

function jsonSchemaOf(schema: Schema): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(optionFor(schema, undefined), { io: 'input', unrepresentable: 'any' });
}
