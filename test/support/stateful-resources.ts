import { type CfnTemplate, lintData } from './resource-schemas';

export interface StatefulResource {
  readonly logicalId: string;
  readonly type: string;
  /** Why it counts as stateful. */
  readonly why: string;
  readonly deletionPolicy: string;
  readonly updateReplacePolicy: string;
  /** Whether it outlives both its stack and a replacement. */
  readonly retained: boolean;
}

/** Stateful types that cfn-lint does not list, each with what would be lost. */
export const STATEFUL_BESIDES_CFN_LINT: Readonly<Record<string, string>> = {
  'AWS::ECR::Repository': 'the images of past runs',
  'AWS::Glue::Database': 'the tables that were made in it at run time',
  'AWS::Glue::Table': 'the pointer to the metadata of an Iceberg table',
  'AWS::SageMaker::ModelPackageGroup': 'the registered versions of a model',
};

const RETAINED = ['Retain', 'RetainExceptOnCreate'];

/**
 * Resources that hold what cannot be made again: of the types that cfn-lint calls stateful (the list of its rule I3011), of
 * those above, and whatever the template itself wants to keep. An absent policy reads as CloudFormation's default, `Delete`.
 */
export function statefulResources(template: CfnTemplate): readonly StatefulResource[] {
  const listed = lintData<{ ResourceTypes: Record<string, unknown> }>('AdditionalSpecs/StatefulResources.json');
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, resource]) => {
    const {
      Type: type,
      DeletionPolicy: deletionPolicy = 'Delete',
      UpdateReplacePolicy: updateReplacePolicy = 'Delete',
    } = resource;
    const policies = [deletionPolicy, updateReplacePolicy];
    const wanted = policies.some((policy) => policy !== 'Delete') ? 'the template keeps it' : undefined;
    const known = listed.ResourceTypes[type] === undefined ? undefined : 'cfn-lint lists its type as stateful';
    const why = known ?? STATEFUL_BESIDES_CFN_LINT[type] ?? wanted;
    const retained = policies.every((policy) => RETAINED.includes(policy));
    return why === undefined ? [] : [{ logicalId, type, why, deletionPolicy, updateReplacePolicy, retained }];
  });
}
