import { fixedName } from './fixed-names';
import { canonical, normalForm } from './normal-form';
import {
  type CfnTemplate,
  isFunction,
  isObject,
  type PropertyPath,
  paths,
  type Resource,
  references,
  resourceSchema,
  valuesAt,
} from './resource-schemas';

export interface TemplateChange {
  readonly logicalId: string;
  readonly type: string;
  readonly change: 'add' | 'remove' | 'update' | 'replace';
  /** Of an update the properties that differ; of a replacement the create-only ones, or `Type`. */
  readonly because: readonly PropertyPath[];
  /** A replacement that some service conditions may spare: all its reasons are conditional create-only properties. */
  readonly conditional: boolean;
  /**
   * Of a replacement, properties of the physical name that stay the same: CloudFormation makes the new resource before
   * it deletes the old one and fails with AlreadyExists (unless the type is replaced the other way round).
   */
  readonly clash: readonly PropertyPath[];
}

export interface DiffOptions {
  readonly region: string;
}

const ATTRIBUTES = ['Condition', 'DeletionPolicy', 'UpdateReplacePolicy'] as const;

/**
 * What CloudFormation would do to each resource when one template follows the other, by the resource schemas. A resource
 * that refers to a replaced one changes too, since that gets another id. What a mere update does to the attributes of a
 * resource is not in the schemas and not followed.
 *
 * @throws Error for a type without a schema in the region.
 */
export function diffTemplates(
  before: CfnTemplate,
  after: CfnTemplate,
  { region }: DiffOptions,
): readonly TemplateChange[] {
  const replaced = new Set<string>();
  for (;;) {
    const changes = diffOnce(before, after, region, replaced);
    const found = changes.filter(({ change, logicalId }) => change === 'replace' && !replaced.has(logicalId));
    if (found.length === 0) return changes;
    for (const { logicalId } of found) replaced.add(logicalId);
  }
}

function diffOnce(
  before: CfnTemplate,
  after: CfnTemplate,
  region: string,
  replaced: ReadonlySet<string>,
): readonly TemplateChange[] {
  const old = before.Resources ?? {};
  const now = after.Resources ?? {};
  const plain = { because: [], conditional: false, clash: [] } as const;
  const removed = Object.entries(old).filter(([logicalId]) => now[logicalId] === undefined);
  return [
    ...removed.map(([logicalId, { Type: type }]) => ({ logicalId, type, change: 'remove' as const, ...plain })),
    ...Object.entries(now).flatMap(([logicalId, resource]): TemplateChange[] => {
      const type = resource.Type;
      const previous = old[logicalId];
      if (previous === undefined) return [{ logicalId, type, change: 'add', ...plain }];
      if (previous.Type !== type) return [{ logicalId, type, change: 'replace', ...plain, because: ['Type'] }];
      const change = diffResource({ previous, resource, before, after, region, replaced });
      return change === undefined ? [] : [{ logicalId, type, ...change }];
    }),
  ];
}

interface Pair {
  readonly previous: Resource;
  readonly resource: Resource;
  readonly before: CfnTemplate;
  readonly after: CfnTemplate;
  readonly region: string;
  readonly replaced: ReadonlySet<string>;
}

function diffResource(pair: Pair): Omit<TemplateChange, 'logicalId' | 'type'> | undefined {
  const { previous, resource, before, after, region, replaced } = pair;
  const schema = resourceSchema(resource.Type, region);
  const old = normalForm(previous.Properties ?? {}, schema, before);
  const now = normalForm(resource.Properties ?? {}, schema, after);
  const differ = (a: unknown, b: unknown) =>
    canonical(a) !== canonical(b) || [...references(b)].some((name) => replaced.has(name));
  const changed = changedPaths(old, now, differ);
  const differing = (pointers?: readonly string[]) =>
    paths(pointers).filter((path) => differ(valuesAt(old, path), valuesAt(now, path)));

  const certain = [
    ...differing(schema.createOnlyProperties),
    // a service that has no update can only make anew
    ...(schema.handlers !== undefined && schema.handlers.update === undefined ? changed : []),
  ];
  const possible = differing(schema.conditionalCreateOnlyProperties);
  const because = [...new Set([...certain, ...possible])];
  if (because.length > 0) {
    const oldName = fixedName(old, schema, before);
    const name = Object.entries(fixedName(now, schema, after));
    const kept = name.filter(([path, value]) => canonical(value) === canonical(oldName[path])).map(([path]) => path);
    const clashes = kept.length === name.length && schema.replacementStrategy !== 'delete_then_create';
    return { change: 'replace', because, conditional: certain.length === 0, clash: clashes ? kept : [] };
  }
  const attributes = ATTRIBUTES.filter((attribute) => previous[attribute] !== resource[attribute]);
  if (changed.length + attributes.length === 0) return undefined;
  return { change: 'update', because: [...changed, ...attributes], conditional: false, clash: [] };
}

/** Paths at which two values differ, down to lists, functions and scalars. */
function changedPaths(
  before: unknown,
  after: unknown,
  differ: (a: unknown, b: unknown) => boolean,
  path: PropertyPath = '',
): readonly PropertyPath[] {
  if (!differ(before, after)) return [];
  if (!isObject(before) || !isObject(after) || isFunction(before) || isFunction(after)) return [path];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const at = (key: string) => (path === '' ? key : `${path}/${key}`);
  return keys.flatMap((key) => changedPaths(before[key], after[key], differ, at(key)));
}
