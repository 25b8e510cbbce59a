import { describe, expect, it } from 'vitest';
import { dependencies, referencesIn, templatesIn, withoutStrings } from '../support/terraform-expressions';
import { googleStack, ref } from './terraform/toy-stack';

const expressions = (text: string) => templatesIn(text).map(({ expression }) => expression);

describe('templates in strings', () => {
  it('are what Terraform evaluates, and not what is escaped', () => {
    expect(expressions(`a ${ref('x.y')} b ${ref('z')}`)).toEqual(['x.y', 'z']);
    expect(expressions(`a $${ref('x.y')} b 100%%{}`)).toEqual([]);
    expect(templatesIn('%{ if x }').map(({ mark }) => mark)).toEqual(['%']);
  });

  it('end at their own brace', () => {
    const nested = `f({ a = "}" }) + g("${ref('h')}")`;
    expect(expressions(ref(nested))).toEqual([nested]);
    expect(templatesIn(ref('never').slice(0, -1))).toEqual([{ mark: '$', expression: 'never', closed: false }]);
  });

  it('have code without the text of their strings, but with the templates in it', () => {
    expect(withoutStrings(`f("a.b", "${ref('c.d')}")`)).toBe('f("", "" (c.d) )');
  });

  it('refer to resources', () => {
    const value = { a: [ref('google_a.b.id')], b: `$${ref('google_c.d.id')}`, c: ref('f("google_e.f", google_g.h)') };
    expect([...referencesIn(value)]).toEqual(['google_a.b', 'google_g.h']);
  });
});

describe('dependencies', () => {
  it('are references and depends_on, through others too', () => {
    const stack = googleStack({
      google_a: { x: { on: ref('google_b.y.id') }, z: {} },
      google_b: { y: { depends_on: ['google_a.z'] } },
    });
    expect([...(dependencies(stack).get('google_a.x') ?? [])]).toEqual(['google_b.y', 'google_a.z']);
    expect([...(dependencies(stack).get('google_a.z') ?? [])]).toEqual([]);
  });
});
