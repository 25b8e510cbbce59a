import type * as iam from 'aws-cdk-lib/aws-iam';
import { acknowledge } from './acknowledge';
import { NO_RESOURCE_LEVEL } from './no-resource-level';
import { PLANNED_WILDCARDS } from './planned-wildcards';

/** A statement as the template has it. */
export interface WrittenStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A statement of a workload, and whether it came from its access plan. */
export interface WorkloadStatement {
  readonly json: WrittenStatement;
  readonly planned: boolean;
}

/**
 * Acknowledges the wildcards that the access plan put into a workload's policy, one by one, as cdk-nag names them: those of
 * PLANNED_WILDCARDS, and `*` where every action has no resource level in IAM. What anybody adds beside the plan is not
 * acknowledged, nor is a planned wildcard that such a statement has too: a finding is of a name, not of a statement.
 * Wildcards in actions are never acknowledged.
 */
export function acknowledgeWildcards(policy: iam.ManagedPolicy, statements: readonly WorkloadStatement[]): void {
  const allowed = statements
    .filter(({ json }) => json.Effect === 'Allow')
    .map((statement) => ({ ...statement, names: [statement.json.Resource].flat().map(flatten) }));
  const reasons: Record<string, string> = {};
  for (const name of new Set(allowed.flatMap(({ names }) => names))) {
    if (!name.includes('*')) continue;
    const why = allowed
      .filter(({ names }) => names.includes(name))
      .map(({ json, planned }) => (planned ? whyWildcard(name, json) : undefined));
    if (!why.includes(undefined)) reasons[`AwsSolutions-IAM5[Resource::${name}]`] = [...new Set(why)].join(' ');
  }
  acknowledge(policy, reasons);
}

/** Why a statement of the plan has this wildcard, if there is a reason. */
function whyWildcard(name: string, { Action, Condition }: WrittenStatement): string | undefined {
  const actions = [Action].flat();
  if (name === '*')
    return actions.every((action) => Object.hasOwn(NO_RESOURCE_LEVEL, action))
      ? 'IAM knows no resource level for any of these actions.'
      : undefined;
  const conditions = Object.values(Condition ?? {}).flatMap((operands) => Object.keys(operands));
  return PLANNED_WILDCARDS.find(
    ({ actions: meant, resource, under }) =>
      resource.test(name) &&
      actions.every((action) => meant.includes(action)) &&
      (under === undefined || conditions.some((key) => key.startsWith(under))),
  )?.reason;
}

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
