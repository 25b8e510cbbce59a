import type { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { type ITerraformDependable, TerraformResource, TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';

/** A bucket as grants see it, made here or elsewhere. */
export interface BucketRef {
  readonly bucketName: string;
  /** Made in this app. A bucket of another stack, which was deployed before, has none. */
  readonly resource?: StorageBucket;
}

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
