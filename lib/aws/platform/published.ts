import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';

/**
 * A generated value that one stack publishes under a name of the plan and others read at deployment. The name never
 * changes, so stacks come and go without an export or output holding them together.
 */
export function publish(scope: Construct, id: string, parameterName: string, stringValue: string): ssm.StringParameter {
  return new ssm.StringParameter(scope, id, { parameterName, stringValue });
}

/** The published value, as a template parameter that CloudFormation resolves at every deployment. */
export function published(scope: Construct, names: PlatformNames, ...parts: readonly string[]): string {
  return ssm.StringParameter.valueForStringParameter(scope, names.parameter(...parts));
}
