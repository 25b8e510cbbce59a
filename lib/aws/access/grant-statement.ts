import * as iam from 'aws-cdk-lib/aws-iam';

/** Adds one allow statement to whoever receives a grant: the managed policy of a workload, or a role of the user's. */
export function allow(
  to: iam.IGrantable,
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Record<string, Record<string, unknown>>,
): void {
  to.grantPrincipal.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: [...actions],
      resources: [...resources],
      ...(conditions === undefined ? {} : { conditions }),
    }),
  );
}
