import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { judgePython } from './describe-judge';

/** The parts used here of a CloudFormation resource schema: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html */
export interface ResourceSchema {
  readonly typeName: string;
  readonly properties: Readonly<Record<string, SchemaNode>>;
  readonly definitions?: Readonly<Record<string, SchemaNode>>;
  /** As `/properties/Outer/Inner`; `*` stands for every element of an array. */
  readonly createOnlyProperties?: readonly string[];
  readonly conditionalCreateOnlyProperties?: readonly string[];
  readonly primaryIdentifier?: readonly string[];
  readonly readOnlyProperties?: readonly string[];
  readonly handlers?: Readonly<Record<string, unknown>>;
  readonly replacementStrategy?: 'create_then_delete' | 'delete_then_create';
}

export interface SchemaNode {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly insertionOrder?: boolean;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface CfnTemplate {
  readonly Resources?: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
}

/** A path within a resource's properties, such as `EncryptionConfiguration/KmsKey`. */
export type PropertyPath = string;

const types = new Map<string, Readonly<Record<string, string>>>();
const schemas = new Map<string, ResourceSchema>();

/** A data file of the cfn-lint that the judge `templates` has installed. */
export function lintData<T>(file: string): T {
  const lib = join(dirname(dirname(judgePython('templates'))), 'lib');
  const version = readdirSync(lib).find((folder) => folder.startsWith('python'));
  if (version === undefined) throw new Error(`No Python in ${lib}`);
  return JSON.parse(readFileSync(join(lib, version, 'site-packages/cfnlint/data', file), 'utf8')) as T;
}

/**
 * The schema of a type in a region, as cfn-lint ships it.
 *
 * @throws Error for a type the region does not have.
 */
export function resourceSchema(type: string, region: string): ResourceSchema {
  const name = type.startsWith('Custom::') ? 'AWS::CloudFormation::CustomResource' : type;
  const digests = types.get(region) ?? lintData<Record<string, string>>(`schemas/providers/${region}.json`);
  types.set(region, digests);
  const digest = digests[name];
  if (digest === undefined) throw new Error(`No resource schema of ${type} in ${region}`);
  const schema = schemas.get(digest) ?? lintData<ResourceSchema>(`schemas/resources/${digest}.json`);
  schemas.set(digest, schema);
  return schema;
}

/** Schema pointers as property paths. */
export function paths(pointers: readonly string[] = []): readonly PropertyPath[] {
  return pointers.map((pointer) => pointer.replace(/^\/properties\//, ''));
}

/** All values at a path: several where it goes through an array. A function on the way, such as Fn::If, is the value. */
export function valuesAt(value: unknown, path: PropertyPath): readonly unknown[] {
  const [head, ...tail] = path.split('/');
  if (head === undefined || path === '') return value === undefined ? [] : [value];
  const rest = tail.join('/');
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, head === '*' ? rest : path));
  if (!isObject(value)) return [];
  return isFunction(value) ? [value] : valuesAt(value[head], rest);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an object is an intrinsic function. */
export function isFunction(value: Readonly<Record<string, unknown>>): boolean {
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'));
}

/** The logical ids, parameters and pseudo parameters that a value refers to. */
export function references(value: unknown): ReadonlySet<string> {
  const names: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    if (!isObject(node)) return;
    const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = node;
    if (typeof ref === 'string') names.push(ref);
    const [resource] = typeof attribute === 'string' ? attribute.split('.') : Array.isArray(attribute) ? attribute : [];
    if (typeof resource === 'string') names.push(resource);
    const text = Array.isArray(sub) ? sub[0] : sub;
    if (typeof text === 'string') for (const [, name = ''] of text.matchAll(/\$\{([^!}.]+)[^}]*\}/g)) names.push(name);
    Object.values(node).forEach(visit);
  };
  visit(value);
  return new Set(names);
}
