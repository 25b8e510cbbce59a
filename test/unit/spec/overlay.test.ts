import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEnvironment, environmentsOf, merge } from '../../../lib/spec/overlay';
import { isMap, type RawMap } from '../../../lib/spec/plain';

const key = fc.constantFrom('a', 'b', 'c', 'd');
const scalar = fc.oneof(fc.integer(), fc.string(), fc.boolean());
/** Maps without null: null in a base is a value, in an overlay a removal. */
const { map } = fc.letrec<{ value: unknown; map: RawMap }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(scalar, { maxLength: 2 }), tie('map')),
  map: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));

describe('merging', () => {
  test('nothing changes nothing', () => {
    fc.assert(fc.property(map, (base) => void expect(merge(base, {})).toEqual(base)));
  });

  test('over nothing gives the overlay', () => {
    fc.assert(fc.property(map, (overlay) => void expect(merge({}, overlay)).toEqual(overlay)));
  });

  test('with itself changes nothing', () => {
    fc.assert(fc.property(map, (base) => void expect(merge(base, base)).toEqual(base)));
  });

  test('later wins: what the overlay says of a scalar or list holds, at any depth', () => {
    fc.assert(
      fc.property(map, map, (base, overlay) => {
        const holds = (merged: unknown, said: RawMap): void => {
          for (const [name, value] of Object.entries(said)) {
            const there = isMap(merged) ? merged[name] : undefined;
            if (isMap(value)) holds(there, value);
            else expect(there).toEqual(value);
          }
        };
        holds(merge(base, overlay), overlay);
      }),
    );
  });

  test('what the overlay does not mention stays', () => {
    fc.assert(
      fc.property(map, map, (base, overlay) => {
        const merged = merge(base, overlay);
        for (const name of Object.keys(base).filter((name) => !Object.hasOwn(overlay, name)))
          expect(merged[name]).toEqual(base[name]);
      }),
    );
  });

  test('one overlay after the other is their merge', () => {
    // Not so with lists and scalars in between maps: a map replaces them, and what it replaced does not come back.
    const { flat } = fc.letrec<{ value: unknown; flat: RawMap }>(() => ({
      value: scalar,
      flat: fc.dictionary(key, fc.dictionary(key, scalar), { maxKeys: 4, noNullPrototype: true }),
    }));
    fc.assert(
      fc.property(flat, flat, flat, (a, b, c) => void expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)))),
    );
  });

  test('null removes, at any depth', () => {
    fc.assert(
      fc.property(map, key, (base, name) => {
        const { [name]: _, ...rest } = base;
        expect(merge(base, { [name]: null })).toEqual(rest);
        expect(merge({ inner: base }, { inner: { [name]: null } })).toEqual({ inner: rest });
      }),
    );
  });

  test('leaves both as they were', () => {
    fc.assert(
      fc.property(map, map, (base, overlay) => {
        const before = structuredClone([base, overlay]);
        merge(base, overlay);
        expect([base, overlay]).toEqual(before);
      }),
    );
  });
});

describe('an environment', () => {
  const raw = {
    name: 'fraud',
    training: { cluster: { kind: 'managed', nodes: 1, tags: ['a'] }, reads: ['x'] },
    environments: {
      dev: { training: { cluster: { nodes: 2, tags: ['b', 'c'] } } },
      prod: { name: null, training: { reads: null }, models: { one: { deep: 1 } } },
      bare: null,
      wrong: 'text',
    },
  };

  test('is laid over the rest', () => {
    const { value, findings } = applyEnvironment(raw, 'dev');
    expect(findings).toEqual([]);
    expect(value).toEqual({
      name: 'fraud',
      training: { cluster: { kind: 'managed', nodes: 2, tags: ['b', 'c'] }, reads: ['x'] },
    });
  });

  test('with nothing in it changes nothing', () => {
    const { environments: _, ...base } = raw;
    expect(applyEnvironment(raw, 'bare')).toMatchObject({ value: base, findings: [] });
  });

  test.each<[string, string, (string | number)[], string]>([
    ['dev', 'a value of the overlay', ['training', 'cluster', 'nodes'], 'environments.dev.training.cluster.nodes'],
    [
      'dev',
      'an element of a list that replaced another',
      ['training', 'cluster', 'tags', 1],
      'environments.dev.training.cluster.tags.1',
    ],
    ['dev', 'a value of the base', ['training', 'cluster', 'kind'], 'training.cluster.kind'],
    ['dev', 'an element of a list of the base', ['training', 'reads', 0], 'training.reads.0'],
    ['dev', 'what neither has', ['training', 'cluster', 'capacity'], 'training.cluster.capacity'],
    ['dev', 'a map of both', ['training', 'cluster'], 'environments.dev.training.cluster'],
    ['dev', 'everything', [], ''],
    ['prod', 'what the overlay removed', ['name'], 'environments.prod.name'],
    ['prod', 'what was in what the overlay removed', ['training', 'reads', 0], 'environments.prod.training.reads.0'],
    [
      'prod',
      'what is missing from a map that only the overlay has',
      ['models', 'one', 'x'],
      'environments.prod.models.one.x',
    ],
  ])('%s knows where it was written: %s', (environment, _, path, origin) => {
    expect(applyEnvironment(raw, environment).origin(path).join('.')).toBe(origin);
  });

  test('that does not exist is a problem that names those that do', () => {
    expect(applyEnvironment(raw, 'prdo')).toMatchObject({
      value: undefined,
      findings: [{ path: ['environments'], allowed: 'dev, prod, bare, wrong', fix: 'did you mean prod?' }],
    });
    expect(applyEnvironment({ name: 'x' }, 'prod').findings).toMatchObject([
      { allowed: 'no environment: the spec has none' },
    ]);
    expect(applyEnvironment(raw, 'toString').findings).toHaveLength(1);
  });

  test('that is no map is a problem', () => {
    expect(applyEnvironment(raw, 'wrong')).toMatchObject({
      value: undefined,
      findings: [{ path: ['environments', 'wrong'], received: '"text"' }],
    });
  });

  test('that removes what is not there has a typing error', () => {
    const { findings } = applyEnvironment(
      { ...raw, environments: { dev: { training: { clustr: null }, x: { y: null } } } },
      'dev',
    );
    expect(findings).toMatchObject([
      {
        path: ['environments', 'dev', 'training', 'clustr'],
        fix: 'did you mean cluster?',
        allowed: 'null for cluster, reads',
      },
      { path: ['environments', 'dev', 'x', 'y'], fix: 'remove the key, or give it a value' },
    ]);
  });

  test('is found by its name', () => {
    expect(environmentsOf(raw)).toEqual(['dev', 'prod', 'bare', 'wrong']);
    expect(environmentsOf({})).toEqual([]);
    expect(environmentsOf({ environments: ['dev'] })).toEqual([]);
  });
});
