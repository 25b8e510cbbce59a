import { Aspects, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { AccessEdge } from '../../plan/access';
import { acknowledgeWildcards, type WrittenStatement } from '../policy/acknowledge-wildcards';
import { applyAccess, type Grantors } from './grantors';
import { MAX_POLICIES, type PolicyPart, policyParts } from './policy-parts';
import { deployedSize, MAX_POLICY_CHARACTERS } from './policy-size';
import { StatementList } from './statement-list';

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
 * A role and its managed policy. Grants go into the policy, never inline; the role names the policy, so whatever waits for
 * the role has its permissions from the start. What is more than IAM takes in one policy goes into further ones; the
 * synthesis fails if it would not take those either.
 */
export class Workload extends Construct implements iam.IGrantable {
  public readonly role: iam.IRole;
  /** The policy that grants are added to. Its `document` has all of them, also those that other policies render. */
  public readonly policy: iam.ManagedPolicy;
  public readonly grantPrincipal: iam.IPrincipal;
  /** The edges of the access plan that the policies render. */
  public readonly access: readonly AccessEdge[];

  private readonly own: iam.Role;
  private readonly document = new StatementList();
  /** Statements that the access plan came to. */
  private readonly planned: ReadonlySet<iam.PolicyStatement>;
  private readonly described: Pick<iam.ManagedPolicyProps, 'description'>;
  private readonly further: iam.ManagedPolicy[] = [];
  private readonly problems: string[] = [];

  constructor(scope: Construct, id: string, props: WorkloadProps) {
    super(scope, id);
    this.access = props.access;
    this.described = props.description === undefined ? {} : { description: props.description };
    this.policy = new iam.ManagedPolicy(this, 'Policy', { ...this.described, document: this.document });
    this.own = new iam.Role(this, 'Role', { assumedBy: props.assumedBy, managedPolicies: [this.policy] });
    this.role = this.own.withoutPolicyUpdates();
    this.grantPrincipal = this.policy.grantPrincipal;
    applyAccess(props.access, props.grantors, this);
    this.planned = new Set(this.document.all);
    Aspects.of(this).add({ visit: (node) => node === this && this.finish() });
    this.node.addValidation({ validate: () => this.problems });
  }

  /** Every policy of the role. There is more than one only where IAM wants it, and only in a synthesised app. */
  public get policies(): readonly iam.ManagedPolicy[] {
    return [this.policy, ...this.further];
  }

  /** Adds a permission that belongs to how AWS runs this workload, such as passing its own role on. */
  addStatement(statement: iam.PolicyStatement): void {
    this.policy.addStatements(statement);
  }

  /** Once everything is granted: spreads it over as many policies as it takes, and acknowledges the wildcards of its plan. */
  private finish(): void {
    const stack = Stack.of(this);
    const written = this.document.all.map((statement) => {
      const json: WrittenStatement = stack.resolve(statement.toStatementJson());
      return { statement, json, planned: this.planned.has(statement), size: deployedSize(stack, json) };
    });
    const parts = policyParts(written, ({ size }) => size);
    this.problems.push(...this.oversize(parts));
    parts.forEach(({ statements }, i) => {
      const policy = parts.length === 1 ? this.policy : this.holder(i, statements);
      acknowledgeWildcards(policy, statements);
    });
  }

  /** A policy with only these statements. */
  private holder(at: number, part: readonly { readonly statement: iam.PolicyStatement }[]): iam.ManagedPolicy {
    const document = new iam.PolicyDocument({ statements: part.map(({ statement }) => statement) });
    if (at === 0) {
      (this.policy.node.defaultChild as iam.CfnManagedPolicy).policyDocument = document;
      return this.policy;
    }
    const policy = new iam.ManagedPolicy(this, `Policy${at + 1}`, { ...this.described, document });
    this.own.addManagedPolicy(policy);
    this.further.push(policy);
    return policy;
  }

  private oversize(parts: readonly PolicyPart<unknown>[]): readonly string[] {
    const name = this.access[0]?.workload ?? this.node.id;
    const large = parts.find(({ size }) => size > MAX_POLICY_CHARACTERS);
    if (large !== undefined)
      return [
        `The policy of the workload '${name}' takes about ${large.size} characters, and IAM allows ${MAX_POLICY_CHARACTERS} in one. ${whatToDo(this.access)}`,
      ];
    if (parts.length <= MAX_POLICIES) return [];
    return [
      `The workload '${name}' takes ${parts.length} policies of ${MAX_POLICY_CHARACTERS} characters, and IAM allows a role ${MAX_POLICIES}. ${whatToDo(this.access)}`,
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
