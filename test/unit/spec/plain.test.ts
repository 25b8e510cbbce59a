import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { MAX_SPEC_DEPTH, MAX_SPEC_VALUES } from '../../../lib/spec/limits';
import { copyPlain, deepFreeze } from '../../../lib/spec/plain';
import { formatPath } from '../../../lib/spec/problem';
import { readSource } from '../../../lib/spec/source';
import { problemsOf } from '../../support/problems';

const refused = (value: unknown): readonly string[] => {
  const found: string[] = [];
  copyPlain(value, ({ path, message, received }) => found.push(`${formatPath(path)}: ${message}: ${received}`));
  return found;
};

describe('a spec given as an object', () => {
  test('is copied, not kept', () => {
    const given = { a: { b: [1] } };
    const { value } = readSource(given);
    expect(value).toEqual(given);
    expect(value).not.toBe(given);
    given.a.b.push(2);
    expect(value).toEqual({ a: { b: [1] } });
  });

  test('may use a part twice, leave out values and come from elsewhere', () => {
    const part = { x: 1 };
    expect(readSource({ a: part, b: part, c: undefined }).value).toEqual({ a: part, b: part });
    expect(readSource(Object.assign(Object.create(null) as object, { a: 1 })).value).toEqual({ a: 1 });
    expect(readSource(runInNewContext('({ a: { b: [1] } })') as object).value).toEqual({ a: { b: [1] } });
  });

  test('calls no getter', () => {
    let called = false;
    const given = {
      get secret() {
        called = true;
        return 1;
      },
    };
    expect(refused(given)).toEqual(['secret: is computed when it is read: an accessor']);
    expect(called).toBe(false);
  });

  test.each<[string, unknown, string]>([
    ['a function', { a: () => 1 }, 'a: is not data: a function'],
    ['a symbol', { a: Symbol('s') }, 'a: is not data: a symbol'],
    ['a symbol as a key', { [Symbol('s')]: 1 }, ': has a symbol as a key: Symbol(s)'],
    ['a bigint', { a: 1n }, 'a: is not data: a bigint'],
    ['not a number', { a: Number.NaN }, 'a: is not data: NaN'],
    ['infinity', { a: [Number.POSITIVE_INFINITY] }, 'a[0]: is not data: Infinity'],
    ['a date', { a: new Date(0) }, 'a: is not data: an instance of Date'],
    ['a map', { a: new Map() }, 'a: is not data: an instance of Map'],
    ['an instance of a class', { a: new (class Spec {})() }, 'a: is not data: an instance of Spec'],
    ['an instance of a class without a name', { a: new (class {})() }, 'a: is not data: an instance of a class'],
    ['a hole', { a: new Array(1) }, 'a[0]: is empty: undefined in a list'],
    [
      'a key of JavaScript',
      JSON.parse('{ "a": { "__proto__": 1 } }'),
      'a.__proto__: is a name that JavaScript keeps for itself: "__proto__"',
    ],
  ])('refuses %s', (_, value, problem) => {
    expect(refused(value)).toEqual([problem]);
  });

  test('refuses what contains itself', () => {
    const cyclic: Record<string, unknown> = { a: {} };
    cyclic.a = { list: [cyclic] };
    expect(refused(cyclic)).toEqual(['a.list[0]: contains itself: a cycle']);
  });

  test('refuses endless depth and size, once', () => {
    const deep = Array.from({ length: 10_000 }).reduce<unknown>((inner) => ({ inner }), {});
    expect(refused(deep)).toEqual([
      expect.stringMatching(new RegExp(`nested too deeply: more than ${MAX_SPEC_DEPTH} levels$`)),
    ]);
    let wide: unknown[] = [1];
    for (let i = 0; i < 30; i++) wide = [wide, wide];
    expect(refused(wide)).toEqual([`: is too large: more than ${MAX_SPEC_VALUES} values`]);
  });

  test.each([[['a']], [new Date(0)], [null], [undefined], [42]])('refuses what is no map: %s', (value) => {
    expect(problemsOf(() => readSource(value as object))).toHaveLength(1);
  });

  test('has no file, line or frame in its problems', () => {
    const [problem] = problemsOf(() => readSource({ a: () => 1 }));
    expect(Object.keys(problem ?? {}).sort()).toEqual(['allowed', 'fix', 'message', 'path', 'received']);
  });
});

test('frozen is frozen through and through, under what was frozen before too', () => {
  const value = deepFreeze({ a: Object.freeze({ b: [{ c: 1 }] }) });
  expect(Object.isFrozen(value.a.b[0])).toBe(true);
  expect(() => Object.assign(value.a.b[0] ?? {}, { c: 2 })).toThrow(TypeError);
});
