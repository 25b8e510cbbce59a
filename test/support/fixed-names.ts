import {
  type CfnTemplate,
  isFunction,
  isObject,
  type PropertyPath,
  paths,
  type ResourceSchema,
  references,
  resourceSchema,
  valuesAt,
} from './resource-schemas';

export interface FixedName {
  readonly logicalId: string;
  readonly type: string;
  /** The properties that make up the physical name, with their values. */
  readonly name: Readonly<Record<PropertyPath, unknown>>;
  /** The type's other create-only properties: a change of one would need a second resource of the same name. */
  readonly createOnly: readonly PropertyPath[];
  /** Those that replace the resource in some cases only. */
  readonly conditionalCreateOnly: readonly PropertyPath[];
}

/** Resources whose physical name the template decides, so that CloudFormation cannot replace them. */
export function fixedNames(template: CfnTemplate, { region }: { readonly region: string }): readonly FixedName[] {
  return Object.entries(template.Resources ?? {}).flatMap(
    ([logicalId, { Type: type, Properties: properties = {} }]) => {
      const schema = resourceSchema(type, region);
      const name = fixedName(properties, schema, template);
      if (Object.keys(name).length === 0) return [];
      const others = (pointers?: readonly string[]) => paths(pointers).filter((path) => !(path in name));
      const createOnly = others(schema.createOnlyProperties);
      return [
        { logicalId, type, name, createOnly, conditionalCreateOnly: others(schema.conditionalCreateOnlyProperties) },
      ];
    },
  );
}

/** The part of the physical name that the template fixes: not what comes from another of its resources. */
export function fixedName(
  properties: unknown,
  schema: ResourceSchema,
  template: CfnTemplate,
): Readonly<Record<PropertyPath, unknown>> {
  const fixed = nameProperties(schema).flatMap((path) => {
    const [value] = valuesAt(properties, path);
    const derived = [...references(value)].some((name) => template.Resources?.[name] !== undefined);
    const absent = isObject(value) && isFunction(value) && value.Ref === 'AWS::NoValue';
    return value === undefined || derived || absent ? [] : [[path, value] as const];
  });
  return Object.fromEntries(fixed);
}

/**
 * The properties that make up a type's physical name: those of its primary identifier that the template may set once and
 * never change; or, where the identifier is an ARN or an id given by the service, the create-only property that is called
 * as the type is, such as `TopicName` of a Topic, `GroupName` of a SecurityGroup, `TableInput/Name` of a Table.
 */
export function nameProperties(schema: ResourceSchema): readonly PropertyPath[] {
  const kind = (schema.typeName.split('::').at(-1) ?? '').toLowerCase();
  const createOnly = paths(schema.createOnlyProperties);
  const readOnly = new Set(paths(schema.readOnlyProperties));
  const identifier = new Set(paths(schema.primaryIdentifier));
  const isName = (path: PropertyPath) => {
    const leaf = path.split('/').at(-1)?.toLowerCase() ?? '';
    return leaf.endsWith('name') && kind.endsWith(leaf.slice(0, -'name'.length));
  };
  return createOnly.filter((path) => !readOnly.has(path) && (identifier.has(path) || isName(path)));
}
