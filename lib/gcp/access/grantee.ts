import { type ITerraformDependable, type TerraformResource, Token } from 'cdktf';
import { Construct } from 'constructs';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { resolved } from '../tokens';

/** Whoever receives a grant. */
export interface IGrantee {
  /**
   * The resources of its grants become children of this, which receives those of no other member. Its stack is applied
   * after the stacks that make what it is granted.
   */
  readonly scope: Construct;
  /** As IAM writes it: `serviceAccount:name@project.iam.gserviceaccount.com`, `group:…`, `user:…`. */
  readonly member: string;
  /** Where it is at home: ids of grants on what is there do not say so. Default: it is at home nowhere. */
  readonly home?: Place;
}

/** Where something is that can be granted. */
export interface Place {
  readonly project?: string;
  readonly region?: string;
  /** Whose custom roles, as a platform's names say it. */
  readonly roleSet?: string;
}

/** Members of IAM. Source: IAM documentation, "Principal identifiers". */
const MEMBER = /^(deleted:)?(user|group|serviceAccount|domain|principal|principalSet):.+/;
/** Everybody there is. */
const PUBLIC = ['allUsers', 'allAuthenticatedUsers'];

/** What somebody else's identity is granted, beneath the construct that asked for it. */
class Grantee extends Construct implements IGrantee {
  public readonly scope: Construct = this;

  constructor(
    scope: Construct,
    id: string,
    public readonly member: string,
  ) {
    super(scope, id);
    refuseForbidden(this);
  }
}

/**
 * Somebody else's identity as a grantee: a service account of the user's own, a group. Its grants become children of a
 * child of `scope` that is its own; asked for again, it is the same grantee.
 * @throws Error for what is no member of IAM, and for everybody: what a platform grants is never public.
 */
export function granteeOf(scope: Construct, member: string): IGrantee {
  refusePublic(scope, member);
  if (!MEMBER.test(member) && !Token.isUnresolved(member) && !member.includes('${'))
    throw new Error(
      `${scope.node.path}: ${JSON.stringify(member)} is no member of IAM. Allowed: user:, group:, serviceAccount:, domain:, principal: or principalSet: and who it is, for example group:analysts@example.com.`,
    );
  const id = `Grantee-${idText(scope, member)}`;
  return (scope.node.tryFindChild(id) as Grantee | undefined) ?? new Grantee(scope, id, member);
}

function refusePublic({ node }: Construct, member: string): void {
  if (PUBLIC.includes(member))
    throw new Error(
      `${node.path}: ${member} is everybody on the internet, who is granted nothing. Name who is meant, for example group:analysts@example.com.`,
    );
}

/** What is granted: an id of it, and where it is as far as that id does not say so. */
export interface Granted extends Place {
  readonly id: string;
}

const PLACE = ['project', 'region', 'roleSet'] as const satisfies readonly (keyof Place)[];

/** Whom each grant is for. */
const members = new WeakMap<TerraformResource, string>();

/**
 * Makes the resource of a grant, once: a second grant of the same thing is the first one.
 *
 * @throws Error where the scope of the grantee has this grant for another member, and for everybody, whoever made the grantee.
 */
export function grantOnce<R extends TerraformResource>(
  to: IGrantee,
  granted: Granted,
  make: (scope: Construct, id: string) => R,
): R {
  const { scope } = to;
  const id = idText(scope, idOf(granted, to.home));
  const member = resolved(scope, to.member);
  refusePublic(scope, member);
  const before = scope.node.tryFindChild(id) as R | undefined;
  if (before !== undefined && members.get(before) !== member)
    throw new Error(
      `${scope.node.path}: ${id} is granted to ${members.get(before)} here, so ${member} cannot be granted it in the same scope. Give each member a scope of its own, as granteeOf does.`,
    );
  const made = before ?? make(scope, id);
  members.set(made, member);
  return made;
}

function idOf(granted: Granted, home: Place = {}): string {
  const said = PLACE.filter((part) => granted[part] !== undefined);
  const isHome = said.every((part) => granted[part] === home[part]);
  return [granted.id, ...(isHome ? [] : said.map((part) => granted[part]))].join('@');
}

/** Text as part of an id: what tokens stand for instead of the tokens, and no separator of paths. */
const idText = (scope: Construct, text: string): string => resolved(scope, text).replace(/[%/\s]/g, encodeURIComponent);

/** What has to wait for grants, such as a trigger for the permission of its identity. */
export type Ready = readonly ITerraformDependable[];
