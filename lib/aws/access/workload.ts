import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { AccessEdge } from '../../plan/access';
import { acknowledgeWildcards } from '../policy/acknowledge-wildcards';
import { applyAccess, type Grantors } from './grantors';
import { MAX_POLICY_CHARACTERS, policySize } from './policy-size';

export interface WorkloadProps {
  /** Service that acts as this workload. */
  readonly assumedBy: iam.IPrincipal;
  /** What the workload may do, from the access plan. */
  readonly access: readonly AccessEdge[];
  /** Who grants that. */
  readonly grantors: Grantors;
  readonly description?: string;
}

/**
 * A role and its one managed policy. Grants go into the policy, never inline; the role names the policy, so whatever
 * waits for the role has its permissions from the start. The synthesis fails if IAM would not take the policy for its
 * size.
 */
export class Workload extends Construct implements iam.IGrantable {
  public readonly role: iam.IRole;
  public readonly policy: iam.ManagedPolicy;
  public readonly grantPrincipal: iam.IPrincipal;
  /** The edges of the access plan that the policy renders. */
  public readonly access: readonly AccessEdge[];

  constructor(scope: Construct, id: string, props: WorkloadProps) {
    super(scope, id);
    this.access = props.access;
    this.policy = new iam.ManagedPolicy(
      this,
      'Policy',
      props.description === undefined ? {} : { description: props.description },
    );
    const role = new iam.Role(this, 'Role', { assumedBy: props.assumedBy, managedPolicies: [this.policy] });
    this.role = role.withoutPolicyUpdates();
    this.grantPrincipal = this.policy.grantPrincipal;
    applyAccess(props.access, props.grantors, this);
    acknowledgeWildcards(this.policy);
    this.node.addValidation({ validate: () => this.oversize() });
  }

  /** Adds a permission that belongs to how AWS runs this workload, such as passing its own role on. */
  addStatement(statement: iam.PolicyStatement): void {
    this.policy.addStatements(statement);
  }

  private oversize(): string[] {
    const size = policySize(this.policy);
    if (size <= MAX_POLICY_CHARACTERS) return [];
    const name = this.access[0]?.workload ?? this.node.id;
    return [
      `The policy of the workload '${name}' takes about ${size} characters, and IAM allows ${MAX_POLICY_CHARACTERS} in one. ${whatToDo(this.access)}`,
    ];
  }
}

function whatToDo(access: readonly AccessEdge[]): string {
  const counts = new Map<string, number>();
  for (const { verb, kind } of access) {
    const permission = `'${verb}' on a ${kind}`;
    counts.set(permission, (counts.get(permission) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (most === undefined) return 'Add fewer statements to it, or fewer resources.';
  const [permission, count] = most;
  return `Of its ${access.length} permissions ${count} are ${permission}: name fewer of these in the spec, or bring several of them together in one.`;
}

/** A service that may act only for this account: keeps others from using it as a deputy. */
export function serviceOfThisAccount(service: string, account: string): iam.ServicePrincipal {
  return new iam.ServicePrincipal(service, { conditions: { StringEquals: { 'aws:SourceAccount': account } } });
}
