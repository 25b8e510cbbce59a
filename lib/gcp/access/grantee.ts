import { type ITerraformDependable, type TerraformResource, Token } from 'cdktf';
import type { Construct } from 'constructs';

/** Whoever receives a grant. The resources of the grant become children of `scope`. */
export interface IGrantee {
  readonly scope: Construct;
  /** As IAM writes it: `serviceAccount:name@project.iam.gserviceaccount.com`, `group:…`, `user:…`. */
  readonly member: string;
}

/** Members of IAM. Source: IAM documentation, "Principal identifiers". */
const MEMBER = /^(deleted:)?(user|group|serviceAccount|domain|principal|principalSet):.+/;
/** Everybody there is. */
const PUBLIC = ['allUsers', 'allAuthenticatedUsers'];

/**
 * Somebody else's identity as a grantee: a service account of the user's own, a group.
 * @throws Error for what is no member of IAM, and for everybody: what a platform grants is never public.
 */
export function granteeOf(scope: Construct, member: string): IGrantee {
  if (PUBLIC.includes(member))
    throw new Error(
      `${scope.node.path}: ${member} is everybody on the internet, who is granted nothing. Name who is meant, for example group:analysts@example.com.`,
    );
  if (!MEMBER.test(member) && !Token.isUnresolved(member) && !member.includes('${'))
    throw new Error(
      `${scope.node.path}: ${JSON.stringify(member)} is no member of IAM. Allowed: user:, group:, serviceAccount:, domain:, principal: or principalSet: and who it is, for example group:analysts@example.com.`,
    );
  return { scope, member };
}

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
