import { type ITerraformDependable, TerraformResource, TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';

/** What of these belongs to the stack of `scope`: Terraform orders nothing across stacks. */
export const inStackOf = (
  scope: IConstruct,
  resources: readonly (ITerraformDependable | undefined)[],
): readonly ITerraformDependable[] =>
  resources.filter(
    (resource): resource is TerraformResource =>
      resource !== undefined &&
      TerraformResource.isTerraformResource(resource) &&
      TerraformStack.of(resource) === TerraformStack.of(scope),
  );
