import type { ITerraformDependable } from 'cdktf';

/** A customer-managed key as whoever encrypts with it sees it. */
export interface EncryptionKey {
  /** `projects/P/locations/R/keyRings/K/cryptoKeys/N`. */
  readonly id: string;
  /**
   * Grants on the key: what is encrypted with it is made after them, and in another stack after theirs. Empty for a key that
   * is there already, by whoever made it.
   */
  readonly ready: readonly ITerraformDependable[];
}

/** A key of somebody else, whose service agents may use it already. */
export const keyFromId = (id: string): EncryptionKey => ({ id, ready: [] });

/** A key resource of the user's own; `ready` names the grants that service agents need on it. */
export const keyFrom = (key: { readonly id: string }, ready: readonly ITerraformDependable[] = []): EncryptionKey => ({
  id: key.id,
  ready,
});
