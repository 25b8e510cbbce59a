import { Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';

/** Characters that IAM lets a managed policy have. Source: IAM user guide, "IAM and AWS STS quotas". */
export const MAX_POLICY_CHARACTERS = 6144;

/** In place of an ARN that only the deployment knows: those of keys, roles, queues and tables have 60 to 100 characters. */
const ARN = 'x'.repeat(100);

/** In place of a name or id within an ARN: 21 to 24 characters of networks, up to 64 of what CloudFormation names. */
const NAME = 'x'.repeat(64);

/** Names of regions have up to 14 characters, and most 9 to 14. */
const UNKNOWN_REGION = 'xx-xxxxxxxxx-0';

/**
 * Characters of a policy once it is deployed, without white space between its parts, which IAM does not count. What only
 * the deployment knows counts as long as it usually gets, so a policy may turn out a little smaller.
 */
export function policySize(policy: iam.ManagedPolicy): number {
  const stack = Stack.of(policy);
  return deployedSize(stack, stack.resolve(policy.document));
}

/** The same of a part of a policy as the template of a stack has it, such as one statement. */
export function deployedSize(stack: Stack, part: unknown): number {
  const region = Token.isUnresolved(stack.region) ? UNKNOWN_REGION : stack.region;
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Partition': partitionOf(region),
    'AWS::AccountId': '000000000000',
    'AWS::Region': region,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  return JSON.stringify(deployed(part, pseudo)).length;
}

/** A part of a template with every function in it replaced by a text as long as its value. */
function deployed(part: unknown, pseudo: Readonly<Record<string, string>>, unknown = ARN): unknown {
  if (Array.isArray(part)) return part.map((item) => deployed(item, pseudo));
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part);
  const [[name, args] = ['', undefined]] = entries;
  if (entries.length === 1) {
    if (name === 'Ref') return pseudo[String(args)] ?? unknown;
    if (name === 'Fn::Join' && Array.isArray(args) && Array.isArray(args[1]))
      return args[1].map((item, i) => deployed(item, pseudo, i === 0 ? ARN : NAME)).join(String(args[0]));
    if (name.startsWith('Fn::')) return unknown;
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, deployed(value, pseudo)]));
}

/** Known by the start of the region's name, without loading the facts of every region. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
