import { platformSchema } from './platform';
import { defOf, innermost, type Schema, shapeOf, unionOf } from './schema-walk';

/**
 * Every option of a spec by its path, derived from the schemas: `*` for any name of a map, `[]` for any entry of a list,
 * `network[nat].gateways` for an option that only one kind of thing has. A threshold that takes a bare value or a map is
 * one option. Environments repeat the rest and are none.
 */
export function optionPaths(root: Schema = platformSchema): readonly string[] {
  const found = new Set<string>();
  visit(root, '');
  return [...found];

  function visit(schema: Schema, path: string): void {
    const def = defOf(innermost(schema));
    const union = unionOf(schema);
    if (union?.discriminator !== undefined) {
      const { discriminator } = union;
      for (const { schema: option, kinds } of union.options)
        for (const [key, child] of Object.entries(shapeOf(option)))
          visit(child, key === discriminator ? `${path}[${kinds.join('|')}]` : `${path}[${kinds.join('|')}].${key}`);
    } else if (def.type === 'object') {
      for (const [key, child] of Object.entries(def.shape)) visit(child, path === '' ? key : `${path}.${key}`);
    } else if (def.type === 'record') visit(def.valueType, `${path}.*`);
    else if (def.type === 'array' && defOf(innermost(def.element)).type === 'object') visit(def.element, `${path}[]`);
    else found.add(path);
  }
}
