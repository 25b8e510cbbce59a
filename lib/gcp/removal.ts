import type { Construct } from 'constructs';

/** Context flag of the app that is the second key to destroying data. */
export const ALLOW_DATA_LOSS = 'mlops:allowDataLoss';

export interface DataRemovalProps {
  /**
   * First key to destroying data on removal. Data goes only if the app's context flag `mlops:allowDataLoss` is true as
   * well. Default: false, Terraform refuses to destroy it.
   */
  readonly destroyData?: boolean;
}

/** What resources that hold data say of their deletion. */
export interface DataRemoval {
  /** For the provider's own `deletion_protection`. */
  readonly deletionProtection: boolean;
  /** For `force_destroy` and `delete_contents_on_destroy`. */
  readonly destroyContents: boolean;
  /** Terraform's own refusal, for types without a protection of the provider and beside it. */
  readonly lifecycle: { readonly preventDestroy: boolean };
}

/**
 * Protected, unless both keys are turned.
 * @throws Error when the prop says destroy and the context does not: silence would leave the user believing it is gone.
 */
export function dataRemoval(scope: Construct, props: DataRemovalProps): DataRemoval {
  const destroy = props.destroyData ?? false;
  const flag: unknown = scope.node.tryGetContext(ALLOW_DATA_LOSS);
  if (destroy && flag !== true && flag !== 'true')
    throw new Error(
      `${scope.node.path}: destroyData is true, but the app does not allow data loss. Set the context ${ALLOW_DATA_LOSS} to true to destroy its data on removal, or take destroyData away to protect it.`,
    );
  return { deletionProtection: !destroy, destroyContents: destroy, lifecycle: { preventDestroy: !destroy } };
}
