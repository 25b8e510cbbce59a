import { type ITerraformDependable, TerraformElement, TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';

/**
 * What of these a resource of `scope` depends on. Terraform orders nothing across stacks: for what is of another stack, the
 * stack of `scope` depends on that one, and is applied after it.
 * @throws Error where that one is applied after the stack of `scope` already.
 */
export function after(
  scope: IConstruct,
  resources: readonly (ITerraformDependable | undefined)[],
): readonly ITerraformDependable[] {
  const stack = TerraformStack.of(scope);
  return resources
    .filter((resource) => resource !== undefined)
    .filter((resource) => {
      if (!TerraformElement.isTerraformElement(resource) || TerraformStack.of(resource) === stack) return true;
      applyAfter(scope, resource);
      return false;
    });
}

function applyAfter(scope: IConstruct, resource: TerraformElement): void {
  const [stack, earlier] = [TerraformStack.of(scope), TerraformStack.of(resource)];
  if (earlier.dependsOn(stack))
    throw new Error(
      `${scope.node.path}: needs ${resource.node.path}, but the stack ${earlier.node.path} is applied after ${stack.node.path}. Make it in ${earlier.node.path} (for a grant: give it to granteeOf(<that stack>, member)), or take the dependency of that stack away.`,
    );
  stack.addDependency(earlier);
}
