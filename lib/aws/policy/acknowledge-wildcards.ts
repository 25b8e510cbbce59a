import type * as iam from 'aws-cdk-lib/aws-iam';
import { acknowledge } from './acknowledge';
import { NO_RESOURCE_LEVEL } from './no-resource-level';

/** A statement as the template has it. */
export interface WrittenStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/**
 * Acknowledges the wildcards in the statements of a workload's policy, one by one, as cdk-nag names them. `*` only where
 * every action has no resource level in IAM; a name that ends in a wildcard because the plan gives the whole of it.
 * Wildcards in actions are never acknowledged.
 */
export function acknowledgeWildcards(policy: iam.ManagedPolicy, statements: readonly WrittenStatement[]): void {
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
  const reasons: Record<string, string> = {};
  for (const name of new Set(allowed.flatMap(({ Resource }) => [Resource].flat().map(flatten)))) {
    if (!name.includes('*')) continue;
    if (name !== '*')
      reasons[`AwsSolutions-IAM5[Resource::${name}]`] =
        'The access plan gives this workload everything below this one name, and a condition or the name itself keeps it there.';
    else if (allowed.filter(({ Resource }) => [Resource].flat().includes('*')).every(onlyWithoutResource))
      reasons['AwsSolutions-IAM5[Resource::*]'] = 'IAM knows no resource level for any of these actions.';
  }
  acknowledge(policy, reasons);
}

const onlyWithoutResource = ({ Action }: WrittenStatement) =>
  [Action].flat().every((action) => action in NO_RESOURCE_LEVEL);

/** A resource as cdk-nag writes it in the id of a finding: `<Bucket83908E77.Arn>/files/*`. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  if (typeof value !== 'object' || value === null) return '';
  const [[fn, args] = []] = Object.entries(value) as [string, unknown][];
  if (fn === 'Ref') return `<${flatten(args)}>`;
  if (fn === 'Fn::GetAtt' && Array.isArray(args)) return `<${args.map(flatten).join('.')}>`;
  if (fn === 'Fn::Join' && Array.isArray(args)) return (args[1] as unknown[]).map(flatten).join(flatten(args[0]));
  if (fn === 'Fn::Sub') return flatten(args);
  return JSON.stringify(value);
}
