import type { ITerraformDependable, TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';

/** Whoever receives a grant. The resources of the grant become children of `scope`. */
export interface IGrantee {
  readonly scope: Construct;
  /** As IAM writes it: `serviceAccount:name@project.iam.gserviceaccount.com`, `group:…`, `user:…`. */
  readonly member: string;
}

/** Somebody else's identity as a grantee: a service account of the user's own, a group. */
export const granteeOf = (scope: Construct, member: string): IGrantee => ({ scope, member });

/**
 * Makes the resource of a grant, once: a second grant of the same thing is the first one.
 *
 * @param id - of the resource within the grantee: what is granted and on what
 */
export function grantOnce<R extends TerraformResource>(
  to: IGrantee,
  id: string,
  make: (scope: Construct, id: string) => R,
): R {
  return (to.scope.node.tryFindChild(id) as R | undefined) ?? make(to.scope, id);
}

/** What has to wait for grants, such as a trigger for the permission of its identity. */
export type Ready = readonly ITerraformDependable[];
