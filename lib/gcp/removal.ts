import type { Construct } from 'constructs';
import { type DataRemovalProps, dataMayGo } from '../plan/data-loss';

export { ALLOW_DATA_LOSS, type DataRemovalProps } from '../plan/data-loss';

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
 * @throws Error when the prop says destroy and the context does not.
 */
export function dataRemoval(scope: Construct, props: DataRemovalProps): DataRemoval {
  const destroy = dataMayGo(scope, props);
  return { deletionProtection: !destroy, destroyContents: destroy, lifecycle: { preventDestroy: !destroy } };
}
