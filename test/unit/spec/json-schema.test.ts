import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type JsonSchema, platformJsonSchema } from '../../../lib/spec/json-schema';
import { loadEverySpec } from '../../../lib/spec/load';
import { platformSchema } from '../../../lib/spec/platform';
import { SpecError } from '../../../lib/spec/problem';
import { arbitrary, damaged } from '../../support/arbitrary-spec';

const json = platformJsonSchema(platformSchema);

/** Formats are left to the spec's own check: editors differ in which they know. */
const validator = (schema: JsonSchema) =>
  new Ajv2020({ strict: true, strictRequired: false, validateFormats: false }).compile(schema);

const accepts = validator(json);

const loads = (spec: unknown): boolean => {
  try {
    loadEverySpec(spec as object, { schema: platformSchema, checks: [] });
    return true;
  } catch (error) {
    if (error instanceof SpecError) return false;
    throw error;
  }
};

describe('the JSON Schema of a platform', () => {
  test('is draft 2020-12, and the same each time', () => {
    expect(json.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(JSON.stringify(platformJsonSchema(platformSchema))).toBe(JSON.stringify(json));
  });

  test('accepts every spec that loads', () => {
    fc.assert(
      fc.property(arbitrary(platformSchema), (spec) => {
        expect(accepts(spec), JSON.stringify(accepts.errors)).toBe(true);
      }),
    );
  });

  test('accepts every spec with an environment that loads, nulls included', () => {
    const spec = arbitrary(platformSchema);
    const overlay = spec.chain((value) => damaged(value).map((damage) => damage.value));
    const pairs = fc.oneof(
      fc.tuple(spec, overlay),
      spec.chain((base) =>
        fc.tuple(
          fc.constant(base),
          damaged(base).map(({ value }) => value),
        ),
      ),
    );
    let loaded = 0;
    fc.assert(
      fc.property(pairs, ([base, prod]) => {
        const input = { ...(base as object), environments: { prod, bare: null } };
        if (!loads(input)) return;
        loaded += 1;
        expect(accepts(input), JSON.stringify(accepts.errors)).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(loaded).toBeGreaterThan(20);
  });

  test('accepts a base that its environments complete', () => {
    expect(
      accepts({ name: 'fraud', environments: { dev: { owner: 'a@example.com', aws: { region: 'eu-central-1' } } } }),
    ).toBe(true);
    expect(accepts({ name: 'fraud' })).toBe(false);
  });

  test.each([
    [{ nam: 'fraud' }],
    [{ training: { cluster: { nodes: '3' } } }],
    [{ training: { cluster: { kind: 'managd' } } }],
    [{ training: { maxRuntime: 30 } }],
    [{ training: { reads: [null] } }],
    [{ dataLake: { zones: { Raw: {} } } }],
    [{ environments: {} }],
    ['text'],
  ])('rejects in an environment: %j', (prod) => {
    const base = { name: 'fraud', owner: 'a@example.com', aws: { region: 'eu-central-1' } };
    expect(accepts({ ...base, environments: { prod } })).toBe(false);
  });

  test('rejects names that no environment can have', () => {
    expect(accepts({ name: 'x', environments: { 'Prod EU': {} } })).toBe(false);
  });

  test('describes every key, in the base and in environments', () => {
    const missing: string[] = [];
    const visit = (schema: JsonSchema, path: string): void => {
      for (const [key, inner] of Object.entries(schema.properties ?? {})) {
        if (inner.description === undefined && inner.$ref === undefined) missing.push(`${path}.${key}`);
        visit(inner, `${path}.${key}`);
      }
      if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}.*`);
      for (const inner of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) visit(inner, path);
    };
    visit(json, '');
    for (const [name, definition] of Object.entries(json.$defs ?? {})) visit(definition, name);
    expect(missing).toEqual([]);
  });
});

describe('the JSON Schema of an overlay', () => {
  const kinds = z.strictObject({
    cluster: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('managed'), nodes: z.int(), spot: z.boolean() }),
        z.strictObject({ kind: z.literal('batch'), nodes: z.int(), queue: z.string() }),
      ])
      .describe('Cluster.'),
    list: z.array(z.strictObject({ a: z.string() })).default([]),
    either: z.union([z.string(), z.strictObject({ a: z.string() })]).optional(),
    entries: z.record(z.string().regex(/^[a-z]+$/), z.strictObject({ x: z.int().default(1), y: z.string() })),
  });
  const accepted = validator(platformJsonSchema(kinds));
  const acceptsOverlay = (prod: unknown): boolean => accepted({ environments: { prod } });

  test.each([
    [{}],
    [null],
    [{ cluster: { nodes: 2 } }],
    [{ cluster: { kind: 'batch', queue: 'q', spot: null } }],
    [{ cluster: null, list: null, either: null, entries: null }],
    [{ list: [{ a: 'x' }] }],
    [{ either: 'x' }],
    [{ either: { a: null } }],
    [{ entries: { one: { y: 'z' }, two: null, three: {} } }],
  ])('accepts %j', (prod) => {
    expect(acceptsOverlay(prod)).toBe(true);
  });

  test.each([
    [{ cluster: { zork: 1 } }],
    [{ cluster: { nodes: 'x' } }],
    [{ list: [{}] }],
    [{ list: [{ a: null }] }],
    [{ either: 5 }],
    [{ entries: { One: {} } }],
    [{ entries: { one: { z: 1 } } }],
  ])('rejects %j', (prod) => {
    expect(acceptsOverlay(prod)).toBe(false);
  });

  test('has no defaults: what an overlay leaves out comes from the base', () => {
    expect(JSON.stringify(platformJsonSchema(kinds).$defs)).not.toContain('"default"');
    expect(JSON.stringify(platformJsonSchema(kinds).properties)).toContain('"default":1');
  });

  test('shares definitions that the base shares, recursive ones too', () => {
    const tag = z.strictObject({ key: z.string() }).meta({ id: 'Tag' });
    const tree = z.strictObject({
      name: z.string(),
      get inner() {
        return tree.optional();
      },
    });
    const shared = platformJsonSchema(z.strictObject({ a: tag.optional(), b: tag.optional(), tree: tree.optional() }));
    expect(Object.keys(shared.$defs ?? {})).toEqual(expect.arrayContaining(['Tag', 'TagOverlay', 'environment']));
    const check = validator(shared);
    expect(
      check({ environments: { prod: { a: {}, b: { key: null }, tree: { inner: { inner: { name: null } } } } } }),
    ).toBe(true);
    expect(check({ environments: { prod: { b: { kye: 'x' } } } })).toBe(false);
    expect(check({ environments: { prod: { tree: { inner: { inner: { nam: 'x' } } } } } })).toBe(false);
    expect(check({ a: {} })).toBe(false);
  });
});

test('schema/platform.schema.json is in step with the code', () => {
  const written = readFileSync(join(__dirname, '../../../schema/platform.schema.json'), 'utf8');
  expect(JSON.parse(written), 'run npm run schema').toEqual(json);
});
