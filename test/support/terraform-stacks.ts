/** A `cdk.tf.json` document, as far as the judges read it. */
export interface TerraformJson {
  readonly terraform?: Readonly<Record<string, unknown>>;
  readonly provider?: Readonly<Record<string, unknown>>;
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly variable?: Readonly<Record<string, unknown>>;
  readonly locals?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

type Blocks = Readonly<Record<string, Readonly<Record<string, ResourceBody>>>>;

export type ResourceBody = Readonly<Record<string, unknown>>;

/** One root module of Terraform, applied by itself. */
export interface TerraformStack {
  readonly name: string;
  readonly json: TerraformJson;
  /** Names of the stacks that have to be applied before it, directly. Absent where nobody said: all that stand before it. */
  readonly after?: readonly string[];
}

/** A platform in one environment, stacks in the order in which they are applied. */
export interface TerraformPlatform {
  /** `fraud-detection prod`. */
  readonly name: string;
  readonly stacks: readonly TerraformStack[];
}

export interface TerraformResource {
  /** `google_storage_bucket.raw`. */
  readonly address: string;
  readonly type: string;
  readonly body: ResourceBody;
}

/** The resources of a stack, in the order of the document. */
export function resourcesOf({ json }: TerraformStack): readonly TerraformResource[] {
  return Object.entries(json.resource ?? {}).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, body]) => ({ address: `${type}.${name}`, type, body })),
  );
}

/** A string somewhere in a value, with the path to it: `disk.0.source`. */
export interface StringAt {
  readonly path: string;
  readonly text: string;
}

/** Every string in a value, without what cdktf leaves in `//` comments. */
export function stringsIn(value: unknown, path = ''): readonly StringAt[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === '//' ? [] : stringsIn(child, path === '' ? key : `${path}.${key}`),
  );
}

/** What blocks of a name there are: Terraform's JSON has an object for one and a list for any number. */
export function blocks(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return [value ?? []].flat().filter((block) => typeof block === 'object' && block !== null) as Record<
    string,
    unknown
  >[];
}

/** The values at a path of attribute names, through every block on the way. */
export function valuesAt(body: unknown, path: readonly string[]): readonly unknown[] {
  const [head, ...rest] = path;
  if (head === undefined) return body === undefined || body === null ? [] : [body];
  return blocks(body).flatMap((block) => valuesAt(block[head], rest));
}
