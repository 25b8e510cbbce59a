import * as iam from 'aws-cdk-lib/aws-iam';

/** Resources, or prefixes in a condition, from which on a statement grows no more: a policy is cut between statements. */
const FULL = 20;

/**
 * Statements that grow with each grant instead of being repeated for each dataset, because IAM limits the characters of a
 * managed policy.
 */
export class GrowingStatements {
  private readonly known = new WeakMap<iam.IPrincipal, Map<string, iam.PolicyStatement>>();
  private readonly prefixes = new WeakMap<iam.PolicyStatement, Set<string>>();

  /** Allows the actions on these resources as well. */
  allow(to: iam.IGrantable, actions: readonly string[], resources: readonly string[]): void {
    this.statement(to, actions.join(), actions).addResources(...resources);
  }

  /** Allows to list these prefixes of a bucket as well. */
  allowListing(to: iam.IGrantable, bucketArn: string, prefixes: readonly string[]): void {
    const statement = this.statement(to, `list ${bucketArn}`, ['s3:ListBucket']);
    statement.addResources(bucketArn);
    const all = this.prefixes.get(statement) ?? new Set();
    for (const prefix of prefixes) all.add(prefix);
    this.prefixes.set(statement, all);
    statement.addCondition('StringLike', { 's3:prefix': [...all] });
  }

  private statement(to: iam.IGrantable, key: string, actions: readonly string[]): iam.PolicyStatement {
    const statements = this.known.get(to.grantPrincipal) ?? new Map<string, iam.PolicyStatement>();
    this.known.set(to.grantPrincipal, statements);
    const found = statements.get(key);
    if (found !== undefined && !this.isFull(found)) return found;
    const made = new iam.PolicyStatement({ actions: [...actions] });
    statements.set(key, made);
    to.grantPrincipal.addToPrincipalPolicy(made);
    return made;
  }

  private isFull(statement: iam.PolicyStatement): boolean {
    return Math.max(statement.resources.length, this.prefixes.get(statement)?.size ?? 0) >= FULL;
  }
}
