import { CfnResource, Stack } from 'aws-cdk-lib';
import type { CfnManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Workload } from '../../lib/aws/access/workload';
import type { AccessEdge } from '../../lib/plan/access';
import type { SynthesisedPlatform, SynthesisedTemplate } from './examples';

/** One action on one resource that a template allows a workload. */
export interface Permission {
  readonly action: string;
  /** ARN, with what the template numbers written as `<Type path>` and published values as `<parameter name>`. */
  readonly resource: string;
  readonly condition: string;
}

export interface WorkloadPermissions {
  /** Path of the workload in the construct tree. */
  readonly path: string;
  readonly access: readonly AccessEdge[];
  readonly permissions: readonly Permission[];
}

interface Statement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

/** What the templates allow each workload of a platform, action by action and resource by resource. */
export function workloadPermissions({ app, templates }: SynthesisedPlatform): readonly WorkloadPermissions[] {
  return app.node
    .findAll()
    .filter((construct) => construct instanceof Workload)
    .map((workload) => {
      const stack = Stack.of(workload);
      const where = templateOf(templates, stack);
      const statements = workload.policies.flatMap((policy) => {
        const id = stack.getLogicalId(policy.node.defaultChild as CfnManagedPolicy);
        const document = where.template.Resources[id]?.Properties?.PolicyDocument as {
          readonly Statement: readonly Statement[];
        };
        return document.Statement;
      });
      return {
        path: workload.node.path,
        access: workload.access,
        permissions: statements.flatMap((statement) => permissionsOf(statement, where)),
      };
    });
}

/** What somebody calls, on one resource. */
export interface Request {
  readonly action: string;
  /** ARN, spelled as those of permissions are. */
  readonly resource: string;
  /** What the service tells IAM of the call, by condition key. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Whether one of these permissions lets a request through. */
export const allows = (permissions: readonly Permission[], request: Request): boolean =>
  permissions.some(
    ({ action, resource, condition }) =>
      action === request.action && isLike(request.resource, resource) && holds(condition, request.context ?? {}),
  );

const isLike = (value: string, pattern: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*')}$`).test(value);

/** Every operator here asks whether a value is like one of some. Source: IAM user guide, "IAM JSON policy elements: Condition operators". */
function holds(condition: string, context: Readonly<Record<string, string>>): boolean {
  return [...condition.matchAll(/(\w+): \{([^{}]*)\}/g)].every(([, operator = '', keys = '']) =>
    [...keys.matchAll(/([\w-]+:[\w/-]+): (\[[^\]]*\]|[^,\]]+)/g)].every(([, key = '', values = '']) => {
      const given = context[key];
      if (given === undefined) return operator.endsWith('IfExists');
      return values
        .replace(/^\[|\]$/g, '')
        .split(', ')
        .some((value) => isLike(given, value));
    }),
  );
}

/** A property of a resource as text, with references spelled as those of permissions are. */
export function spelledProperty({ templates }: SynthesisedPlatform, resource: CfnResource, property: string): string {
  const stack = Stack.of(resource);
  const where = templateOf(templates, stack);
  return written(where.template.Resources[stack.getLogicalId(resource)]?.Properties?.[property], where);
}

interface Written {
  readonly template: SynthesisedTemplate;
  /** Path of each resource in the construct tree, by logical id. */
  readonly paths: ReadonlyMap<string, string>;
}

const templateOf = (templates: SynthesisedPlatform['templates'], stack: Stack): Written => ({
  template: templates.find(({ name }) => name === stack.stackName)?.template ?? { Resources: {} },
  paths: pathsOf(stack),
});

const pathsOf = (stack: Stack): ReadonlyMap<string, string> =>
  new Map(
    stack.node
      .findAll()
      .filter((construct) => construct instanceof CfnResource)
      .map((resource) => [stack.resolve(resource.logicalId) as string, resource.node.path]),
  );

function permissionsOf(statement: Statement, where: Written): readonly Permission[] {
  if (statement.Effect !== 'Allow' || statement.NotAction !== undefined || statement.NotResource !== undefined)
    throw new Error(`a statement that this test does not understand: ${JSON.stringify(statement)}`);
  const condition = statement.Condition === undefined ? '' : written(statement.Condition, where);
  return [statement.Action].flat().flatMap((action) =>
    [statement.Resource].flat().map((resource) => ({
      action: String(action),
      resource: written(resource, where),
      condition,
    })),
  );
}

/** A value of a template as text, with references spelled out. */
function written(value: unknown, where: Written): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => written(item, where)).join(', ')}]`;
  const entries = Object.entries(value);
  const [[key, args] = ['', undefined]] = entries;
  if (entries.length === 1) {
    if (key === 'Ref') return reference(String(args), where);
    if (key === 'Fn::GetAtt' && Array.isArray(args)) return reference(String(args[0]), where);
    if (key === 'Fn::Join' && Array.isArray(args))
      return (args[1] as unknown[]).map((part) => written(part, where)).join(String(args[0]));
    if (key === 'Fn::Select' || key === 'Fn::Split')
      return `<${(args as unknown[]).map((arg) => written(arg, where)).join(' of ')}>`;
  }
  return `{${entries.map(([name, inner]) => `${name}: ${written(inner, where)}`).join(', ')}}`;
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': 'ACCOUNT',
  'AWS::Region': 'REGION',
  'AWS::URLSuffix': 'amazonaws.com',
};

function reference(id: string, where: Written): string {
  const { template, paths } = where;
  const known = PSEUDO[id] ?? template.Parameters?.[id]?.Default;
  if (known !== undefined) return PSEUDO[id] === undefined ? `<${known}>` : String(known);
  const resource = template.Resources[id];
  if (resource === undefined) throw new Error(`nothing in the template is called ${id}`);
  const named = resource.Properties?.BucketName;
  if (named !== undefined) return `arn:aws:s3:::${written(named, where)}`;
  return `<${resource.Type} ${paths.get(id)}>`;
}
