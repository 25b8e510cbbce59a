import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PlanOn } from '../../plan/platform-plan';

export interface PlatformStackProps {
  readonly plan: PlanOn<'aws'>;
  /** Last part of the stack's name: `foundation`, `model-fraud-detector`. */
  readonly part: string;
  readonly description: string;
  /** Whether CloudFormation refuses to delete the stack until somebody lifts that. Default: false. */
  readonly terminationProtection?: boolean;
}

/** One stack of a platform, named and placed by the plan. */
export class PlatformStack extends Stack {
  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    const { names, spec } = props.plan;
    super(scope, id, {
      stackName: names.of('stack', props.part),
      description: `${props.description} of ${names.slug}`,
      env: { region: spec.aws.region, ...(spec.aws.account === undefined ? {} : { account: spec.aws.account }) },
      terminationProtection: props.terminationProtection ?? false,
    });
  }
}
