import type * as iam from 'aws-cdk-lib/aws-iam';
import type { AccessEdge, AccessKind, AccessVerbs } from '../../plan/access';

/** Who grants access to each kind of thing: the constructs that own them, or imports of those. */
export type Grantors = {
  readonly [K in AccessKind]?: (verb: AccessVerbs[K], name: string, to: iam.IGrantable) => void;
};

/**
 * Renders edges of the access plan as permissions of `to`.
 * @throws Error when no grantor knows the kind of an edge: a workload never starts with less than its plan says.
 */
export function applyAccess(edges: readonly AccessEdge[], grantors: Grantors, to: iam.IGrantable): void {
  for (const edge of edges) {
    const grant = grantors[edge.kind] as ((verb: string, name: string, to: iam.IGrantable) => void) | undefined;
    if (grant === undefined)
      throw new Error(
        `${edge.workload} needs '${edge.verb}' on the ${edge.kind} '${edge.name}', but nothing here grants that`,
      );
    grant(edge.verb, edge.name, to);
  }
}
