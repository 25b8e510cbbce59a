import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Console of each partition by how the names of its regions start. */
const CONSOLES = [
  ['cn-', 'console.amazonaws.cn'],
  ['us-gov-', 'console.amazonaws-us-gov.com'],
] as const;
const CONSOLE = 'console.aws.amazon.com';

/**
 * Address of a page of the AWS console in the region of a construct: `consoleLink(this, 'states', '#/statemachines')`.
 * A stack that does not know its region is taken to be in none of the special partitions.
 */
export function consoleLink(scope: IConstruct, service: string, page: string): string {
  const { region } = Stack.of(scope);
  const special = Token.isUnresolved(region) ? undefined : CONSOLES.find(([start]) => region.startsWith(start));
  return `https://${special?.[1] ?? CONSOLE}/${service}/home?region=${region}${page}`;
}
