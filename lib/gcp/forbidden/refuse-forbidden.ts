import { TerraformResource, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { FORBIDDEN, type Forbidden } from './forbidden-table';

const marked = new WeakSet<Construct>();

/**
 * Has the synthesis refuse what Google has closed or will close, in all of the app that the scope is in, also where a user
 * added it beside our constructs.
 */
export function refuseForbidden(scope: Construct): void {
  const root = scope.node.root as Construct;
  if (marked.has(root)) return;
  marked.add(root);
  root.node.addValidation({ validate: () => findings(root) });
}

function findings(root: Construct): string[] {
  return written(root).flatMap((resource) =>
    FORBIDDEN.filter((one) => isOfType(resource, one) && hasField(resource, one)).map(
      ({ field, because, instead }) =>
        `${resource.name}${field === undefined ? '' : ` with ${field}`} is refused, because ${because}. Use instead: ${instead}.`,
    ),
  );
}

/** A resource of a document, or the part of one that is laid over it. */
interface Written {
  /** What errors call it: a path, then what is there. */
  readonly name: string;
  readonly type: string;
  /** Rendered when it is called: only the few types that have closed fields are. */
  readonly body: () => unknown;
}

const written = (root: Construct): readonly Written[] =>
  root.node.findAll().flatMap((child) => {
    if (TerraformStack.isStack(child)) return laidOver(child);
    return TerraformResource.isTerraformResource(child) ? [ofConstruct(child)] : [];
  });

function ofConstruct(resource: TerraformResource): Written {
  const type = resource.terraformResourceType;
  return {
    name: `${resource.node.path}: ${type}`,
    type,
    body: () => Object.values(resource.toTerraform().resource[type] as Record<string, unknown>)[0],
  };
}

/** What `addOverride` lays over the document of a stack. CDKTF gives it out with the whole document only, rendered anew. */
function laidOver(stack: TerraformStack): Written[] {
  const { resource = {} } = Reflect.get(stack, 'rawOverrides') as { resource?: Record<string, object> };
  return Object.entries(resource).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, body]) => ({
      name: `${stack.node.path}: ${type}.${name}`,
      type,
      body: () => body,
    })),
  );
}

const isOfType = (resource: Written, { type }: Forbidden): boolean =>
  type.endsWith('*') ? resource.type.startsWith(type.slice(0, -1)) : resource.type === type;

const hasField = (resource: Written, { field, value }: Forbidden): boolean =>
  field === undefined ||
  holds(resource.body(), field.split('.'), (found) =>
    value === undefined ? found !== undefined : typeof found === 'string' && value.test(found),
  );

/** Whether such a thing is at a path, written out or as a dynamic block, whose `content` Terraform writes out. */
function holds(value: unknown, path: readonly string[], isSuch: (found: unknown) => boolean): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return isSuch(value);
  if (Array.isArray(value)) return value.some((one) => holds(one, path, isSuch));
  if (typeof value !== 'object' || value === null) return false;
  const { [key]: written, dynamic } = value as Record<string, unknown>;
  return (
    holds(written, rest, isSuch) || holds(dynamic, [key, ...(rest.length === 0 ? [] : ['content', ...rest])], isSuch)
  );
}
