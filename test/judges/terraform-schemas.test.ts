import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BINDINGS_VERSION, type BlockSchema, providerSchema, resourceSchema } from '../support/terraform-bindings';
import { closeNetwork } from '../support/terraform-closed-network';
import { describeTerraform } from '../support/terraform-judge';
import { googleProvider } from '../support/terraform-provider';
import { emptyCliConfig, inTemporaryFolder, terraform } from '../support/terraform-run';

/** What `terraform providers schema -json` says of a block. */
interface RealBlock {
  readonly attributes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly block_types?: Readonly<
    Record<
      string,
      {
        readonly nesting_mode: string;
        readonly min_items?: number;
        readonly max_items?: number;
        readonly block: RealBlock;
      }
    >
  >;
}

interface RealProvider {
  readonly provider: { readonly block: RealBlock };
  readonly resource_schemas: Readonly<Record<string, { readonly block: RealBlock }>>;
}

/** Lines `path: facts` that are the same for the same schema, whoever says it. */
function linesOf({ attributes, blocks }: BlockSchema, path = ''): readonly string[] {
  return [
    ...Object.entries(attributes).map(([name, { type, required, optional, computed }]) =>
      [`${path}${name}`, sorted(type), required, optional, computed].join(' '),
    ),
    ...Object.entries(blocks).flatMap(([name, { nesting, required, single, block }]) => [
      [`${path}${name}`, nesting, nesting === 'SINGLE' || required, nesting === 'SINGLE' || single].join(' '),
      ...linesOf(block, `${path}${name}.`),
    ]),
  ];
}

/** Bounds above one are not in the bindings: a list is required or not, and single or not. */
function fromReal({ attributes = {}, block_types = {} }: RealBlock): BlockSchema {
  return {
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { type, required, optional, computed }]) => [
        name,
        { type: type as string, required: !!required, optional: !!optional, computed: !!computed },
      ]),
    ),
    blocks: Object.fromEntries(
      Object.entries(block_types).map(([name, { nesting_mode, min_items = 0, max_items, block }]) => [
        name,
        {
          nesting: nesting_mode.toUpperCase() as 'LIST',
          required: min_items > 0,
          single: max_items === 1,
          block: fromReal(block),
        },
      ]),
    ),
  };
}

function sorted(type: unknown): string {
  return JSON.stringify(type, (_key, node: unknown) =>
    typeof node === 'object' && node !== null && !Array.isArray(node)
      ? Object.fromEntries(Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1)))
      : node,
  );
}

function differences(type: string, real: RealBlock, ours: BlockSchema | undefined): readonly string[] {
  const [theirs, mine] = [
    linesOf(fromReal(real)).toSorted(),
    linesOf(ours ?? { attributes: {}, blocks: {} }).toSorted(),
  ];
  const only = (some: readonly string[], others: ReadonlySet<string>, who: string) =>
    some.filter((line) => !others.has(line)).map((line) => `${type} ${line}: only in ${who}`);
  return [...only(theirs, new Set(mine), 'the provider'), ...only(mine, new Set(theirs), 'the bindings')];
}

describe('schemas out of the bindings', () => {
  test('have what Terraform needs to know', () => {
    const { attributes, blocks } = resourceSchema('google_storage_bucket') ?? providerSchema();
    expect(attributes.location).toEqual({ type: 'string', required: true, optional: false, computed: false });
    expect(attributes.project).toEqual({ type: 'string', required: false, optional: true, computed: true });
    expect(attributes.effective_labels?.type).toEqual(['map', 'string']);
    expect(blocks.versioning).toMatchObject({ nesting: 'LIST', required: false, single: true });
    expect(blocks.lifecycle_rule?.block.blocks.condition).toMatchObject({
      nesting: 'SET',
      required: true,
      single: true,
    });
    expect(resourceSchema('google_storage_buckets')).toBeUndefined();
  });
});

describeTerraform('schemas out of the bindings, beside the real provider', () => {
  test('are those of the real provider, type by type', async ({ skip }) => {
    const google = await googleProvider();
    if (!google.ok) return skip(google.reason);
    const { provider, resource_schemas } = await realSchemas(google.pluginDir);
    expect(Object.keys(resource_schemas).length).toBeGreaterThan(1000);
    expect(differences('provider', provider.block, providerSchema())).toEqual([]);
    const all = Object.entries(resource_schemas);
    expect(all.flatMap(([type, { block }]) => differences(type, block, resourceSchema(type)))).toEqual([]);
  });
});

function realSchemas(pluginDir: string): Promise<RealProvider> {
  return inTemporaryFolder(async (cwd) => {
    const google = { source: 'hashicorp/google', version: BINDINGS_VERSION };
    await writeFile(join(cwd, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: { google } } }));
    const network = await closeNetwork();
    const env = { ...(await emptyCliConfig(cwd)), ...network.env };
    try {
      await terraform(['init', `-plugin-dir=${pluginDir}`], { cwd, env });
      const { stdout } = await terraform(['providers', 'schema', '-json'], { cwd, env });
      return JSON.parse(stdout).provider_schemas['registry.terraform.io/hashicorp/google'];
    } finally {
      await network.close();
    }
  });
}
