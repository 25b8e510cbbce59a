import * as iam from 'aws-cdk-lib/aws-iam';

/** A policy document that tells which statements it has, so that they can be spread over several policies. */
export class StatementList extends iam.PolicyDocument {
  public readonly all: iam.PolicyStatement[] = [];

  public override addStatements(...statements: iam.PolicyStatement[]): void {
    super.addStatements(...statements);
    // The constructor of the CDK calls this before there is a list, with nothing to add.
    if (statements.length > 0) this.all.push(...statements);
  }
}
