import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { TerraformStack, Testing } from 'cdktf';
import type { Target } from '../../lib/gcp/target';

/** Where constructs under test live. */
export const TARGET: Target = { project: 'fraud-prod', projectNumber: 123456789012, region: 'europe-west4' };

/** Nothing is written there; cdktf makes the folder when an app begins. */
const OUTPUT = join(tmpdir(), 'mlops-gcp-synth');

export interface GcpStackOptions {
  /** Default: `Test`. */
  readonly id?: string;
  /** Context of the app, such as the second key to destroying data. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** A stack in an app of its own, with the provider that `terraform` asks for. */
export function gcpStack({ id = 'Test', context = {} }: GcpStackOptions = {}): TerraformStack {
  const stack = new TerraformStack(Testing.app({ outdir: OUTPUT, context: { ...context } }), id);
  new GoogleProvider(stack, 'google', { project: TARGET.project, region: TARGET.region });
  return stack;
}

/** A resource as Terraform reads it: every value, and what it depends on. */
export type ResourceJson = Readonly<Record<string, unknown>> & { readonly depends_on?: readonly string[] };

/** The whole document of a stack, checked as `app.synth` does. */
export const documentOf = (stack: TerraformStack): Readonly<Record<string, unknown>> =>
  JSON.parse(Testing.synth(stack, true));

/** Resources of a type by name; of every type as `type.name` without one. */
export function resourcesOf(stack: TerraformStack, type?: string): Readonly<Record<string, ResourceJson>> {
  const all = (documentOf(stack).resource ?? {}) as Record<string, Record<string, ResourceJson>>;
  if (type !== undefined) return all[type] ?? {};
  return Object.fromEntries(
    Object.entries(all).flatMap(([kind, byName]) =>
      Object.entries(byName).map(([name, body]) => [`${kind}.${name}`, body] as const),
    ),
  );
}

/** The only resource of a type. */
export function resourceOf(stack: TerraformStack, type: string): ResourceJson {
  const [first, ...others] = Object.values(resourcesOf(stack, type));
  if (first === undefined || others.length > 0)
    throw new Error(`${others.length + (first ? 1 : 0)} resources ${type}, not 1`);
  return first;
}

/** Every IAM binding of a stack as `role to member on what`, sorted; conditions by their title. */
export function bindingsOf(stack: TerraformStack): readonly string[] {
  return Object.entries(resourcesOf(stack))
    .filter(([address]) => address.includes('_iam_member.'))
    .map(([address, { role, member, condition, ...rest }]) => {
      const on = ON.map((key) => rest[key]).find((value) => value !== undefined);
      const title = (condition as { readonly title?: string } | undefined)?.title;
      return `${role} to ${member} on ${on ?? address}${title === undefined ? '' : ` (${title})`}`;
    })
    .sort();
}

/** Attributes of `*_iam_member` that say on what, the narrowest first. */
const ON = [
  'bucket',
  'crypto_key_id',
  'topic',
  'subscription',
  'secret_id',
  'table_id',
  'dataset_id',
  'repository',
  'subnetwork',
  'service_account_id',
  'connection_id',
  'billing_account_id',
  'project',
];
