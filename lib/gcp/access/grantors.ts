import type { AccessEdge, AccessKind, AccessVerbs } from '../../plan/access';
import type { IGrantee } from './grantee';

/** Who grants access to each kind of thing: the constructs that own them, or imports of those. */
export type Grantors = {
  readonly [K in AccessKind]?: (verb: AccessVerbs[K], name: string, to: IGrantee) => void;
};

/**
 * Keys are no business of a workload here: services encrypt and decrypt as their own agents, which are granted the key.
 * Source: Cloud KMS documentation, "Customer-managed encryption keys (CMEK)", "Service agents".
 */
export const KEYS_BY_AGENTS: Grantors = { key: () => {} };

/**
 * Renders edges of the access plan as grants to `to`, in an order of their own: some grants share a resource, and which
 * they share must not depend on the order of a spec.
 * @throws Error when no grantor knows the kind of an edge: a workload never starts with less than its plan says.
 */
export function applyAccess(edges: readonly AccessEdge[], grantors: Grantors, to: IGrantee): void {
  const all: Grantors = { ...KEYS_BY_AGENTS, ...grantors };
  for (const edge of [...edges].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))) {
    const grant = all[edge.kind] as ((verb: string, name: string, to: IGrantee) => void) | undefined;
    if (grant === undefined)
      throw new Error(
        `${edge.workload} needs '${edge.verb}' on the ${edge.kind} '${edge.name}', but nothing here grants that`,
      );
    grant(edge.verb, edge.name, to);
  }
}

const orderOf = ({ kind, name, verb }: AccessEdge): string => JSON.stringify([kind, name, verb]);
