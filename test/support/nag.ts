import { Stage } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

export interface NagFinding {
  readonly pack: string;
  readonly rule: string;
  /** Path of the resource in the construct tree. */
  readonly resource: string;
  readonly reason: string;
}

/**
 * Findings of all four packs that nothing acknowledges, sorted. The packs are asked directly, because as plugins they
 * would make the synthesis fail instead of returning what they found.
 */
export function nagFindings(scope: IConstruct): readonly NagFinding[] {
  const app = scope.node.root;
  if (Stage.isStage(app)) app.synth();
  return [AwsSolutionsChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks]
    .map((Pack) => new Pack())
    .flatMap((pack) =>
      pack.validateScope(scope).violations.flatMap((violation) =>
        violation.violatingResources.map((resource) => ({
          pack: pack.readPackName,
          rule: violation.ruleName,
          resource: resource.constructPath ?? '',
          reason: violation.description,
        })),
      ),
    )
    .sort((a, b) => `${a.resource} ${a.rule}`.localeCompare(`${b.resource} ${b.rule}`));
}
