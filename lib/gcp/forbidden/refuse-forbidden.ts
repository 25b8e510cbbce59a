import { TerraformResource } from 'cdktf';
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
  return root.node
    .findAll()
    .filter((child): child is TerraformResource => TerraformResource.isTerraformResource(child))
    .flatMap((resource) =>
      FORBIDDEN.filter((one) => isOfType(resource, one) && hasField(resource, one)).map(
        ({ field, because, instead }) =>
          `${resource.node.path}: ${resource.terraformResourceType}${field === undefined ? '' : ` with ${field}`} is refused, because ${because}. Use instead: ${instead}.`,
      ),
    );
}

const isOfType = ({ terraformResourceType }: TerraformResource, { type }: Forbidden): boolean =>
  type.endsWith('*') ? terraformResourceType.startsWith(type.slice(0, -1)) : terraformResourceType === type;

/** Only the few types that have closed fields are rendered. */
function hasField(resource: TerraformResource, { field }: Forbidden): boolean {
  if (field === undefined) return true;
  const rendered: unknown = resource.toTerraform().resource[resource.terraformResourceType];
  const [body] = Object.values(rendered as Record<string, unknown>);
  return (
    field.split('.').reduce<unknown>((value, key) => {
      const one: unknown = Array.isArray(value) ? value[0] : value;
      return typeof one === 'object' && one !== null ? (one as Record<string, unknown>)[key] : undefined;
    }, body) !== undefined
  );
}
