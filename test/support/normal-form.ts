import type { CfnTemplate, ResourceSchema, SchemaNode } from './resource-schemas';
import { isObject } from './resource-schemas';

/**
 * Properties in a form in which what CloudFormation would take for equal is equal: without AWS::NoValue, Fn::GetAtt as a
 * list, joined literals as one, lists without an order sorted, and a Ref to a parameter by what the parameter is instead
 * of by its name.
 */
export function normalForm(properties: unknown, schema: ResourceSchema, template: CfnTemplate): unknown {
  return normalise(properties, { properties: schema.properties }, { schema, template });
}

/** JSON with sorted keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, node: unknown) =>
    isObject(node) ? Object.fromEntries(Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1))) : node,
  );
}

interface Context {
  readonly schema: ResourceSchema;
  readonly template: CfnTemplate;
}

function normalise(value: unknown, node: SchemaNode | undefined, context: Context): unknown {
  const { $ref } = node ?? {};
  if ($ref !== undefined) return normalise(value, context.schema.definitions?.[$ref.split('/').at(-1) ?? ''], context);
  if (Array.isArray(value)) {
    const items = value.map((item) => normalise(item, node?.items, context)).filter((item) => item !== undefined);
    return node?.insertionOrder === false ? items.sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1)) : items;
  }
  if (!isObject(value)) return value;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value;
  if (ref === 'AWS::NoValue') return undefined;
  if (typeof ref === 'string') return parameter(ref, context.template);
  if (typeof attribute === 'string') return { 'Fn::GetAtt': attribute.split(/\.(.*)/s, 2) };
  if (Array.isArray(join)) return joined(join, context);
  const entries = Object.entries(value).map(([key, item]) => [key, normalise(item, node?.properties?.[key], context)]);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

function parameter(name: string, template: CfnTemplate): unknown {
  const found = template.Parameters?.[name];
  return found?.Default === undefined ? { Ref: name } : { Parameter: [found.Type, found.Default] };
}

function joined([delimiter, list]: readonly unknown[], context: Context): unknown {
  const parts = normalise(list, undefined, context);
  if (typeof delimiter !== 'string' || !Array.isArray(parts)) return { 'Fn::Join': [delimiter, parts] };
  const merged: unknown[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof last === 'string' && typeof part === 'string') merged.splice(-1, 1, `${last}${delimiter}${part}`);
    else merged.push(part);
  }
  return merged.length === 1 ? merged[0] : { 'Fn::Join': [delimiter, merged] };
}
