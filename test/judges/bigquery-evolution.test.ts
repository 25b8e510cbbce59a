import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { DataLake, type DataLakeProps } from '../../lib/gcp/data-lake/data-lake';
import { keyFromId } from '../../lib/gcp/keys/encryption-key';
import { PlatformNames } from '../../lib/plan/names';
import { documentOf, gcpStack, TARGET } from '../support/gcp-synth';
import { closeNetwork } from '../support/terraform-closed-network';
import { describeTerraform } from '../support/terraform-judge';
import { googleProvider } from '../support/terraform-provider';
import { emptyCliConfig, inTemporaryFolder, terraform } from '../support/terraform-run';

type Datasets = NonNullable<DataLakeProps['datasets']>;

const COLUMNS = { card_id: 'string', amount: 'decimal(10,2)', count: 'int', share: 'float', ts: 'timestamp' };
const BEFORE: Datasets = { transactions: { zone: 'curated', columns: COLUMNS, partitionBy: ['day(ts)'] } };

const changed = (columns: Readonly<Record<string, string | undefined>>): Datasets => ({
  transactions: {
    zone: 'curated',
    partitionBy: ['day(ts)'],
    columns: Object.fromEntries(
      Object.entries({ ...COLUMNS, ...columns }).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  },
});

function lakeWith(datasets: Datasets): object {
  const stack = gcpStack();
  new DataLake(stack, 'Lake', {
    target: TARGET,
    names: new PlatformNames('fraud', 'prod'),
    zones: { raw: {}, curated: {} },
    datasets,
    encryptionKey: keyFromId('projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod/cryptoKeys/data'),
  });
  return documentOf(stack);
}

/** What a plan says it would do, and why it would not: `update google_bigquery_table.…`. */
interface Verdict {
  readonly changes: readonly string[];
  readonly errors: readonly string[];
}

interface PlannedResource {
  readonly type: string;
  readonly name: string;
  readonly index?: string;
  readonly mode: string;
  readonly provider_name: string;
  readonly schema_version: number;
  readonly values: Readonly<Record<string, unknown>>;
}

const AGENT = 'bqcx-1@gcp-sa-bigquery-condel.iam.gserviceaccount.com';

/** What only an apply would tell, where the document refers to it. */
const MADE_BY_GOOGLE: Readonly<Record<string, object>> = {
  google_bigquery_connection: { cloud_resource: [{ service_account_id: AGENT }] },
  google_storage_bucket_iam_member: { member: `serviceAccount:${AGENT}`, condition: [] },
};

/** The state after an apply of what was planned, with everything unknown that Google alone would know. */
function stateOf(planned: readonly PlannedResource[]): object {
  const byAddress = new Map<string, PlannedResource[]>();
  for (const one of planned) {
    const address = `${one.type}.${one.name}`;
    byAddress.set(address, [...(byAddress.get(address) ?? []), one]);
  }
  return {
    version: 4,
    terraform_version: '1.5.0',
    serial: 1,
    lineage: '00000000-0000-0000-0000-000000000000',
    outputs: {},
    resources: [...byAddress.values()].map((instances) => {
      const [{ type, name, mode, provider_name: provider }] = instances as [PlannedResource];
      return {
        mode,
        type,
        name,
        provider: `provider["${provider}"]`,
        instances: instances.map(({ index, schema_version, values }) => ({
          ...(index === undefined ? {} : { index_key: index }),
          schema_version,
          attributes: { ...values, ...(MADE_BY_GOOGLE[type] ?? {}), id: `${type}/${name}` },
        })),
      };
    }),
  };
}

/** Plans a change of a lake that is there, with the real provider and no network. */
function planChange(pluginDir: string, before: object, after: object): Promise<Verdict> {
  return inTemporaryFolder(async (folder) => {
    const network = await closeNetwork();
    const env = { ...(await emptyCliConfig(folder)), ...network.env, GOOGLE_OAUTH_ACCESS_TOKEN: 'x' };
    const cwd = join(folder, 'stack');
    const run = (...args: string[]) => terraform(args, { cwd, env });
    const plan = () => run('plan', '-json', '-lock=false', '-refresh=false', '-out=plan');
    try {
      await mkdir(cwd);
      await writeFile(join(cwd, 'cdk.tf.json'), JSON.stringify(before));
      await run('init', '-backend=false', `-plugin-dir=${pluginDir}`);
      await plan();
      const { planned_values } = JSON.parse((await run('show', '-json', 'plan')).stdout);
      await writeFile(join(cwd, 'terraform.tfstate'), JSON.stringify(stateOf(planned_values.root_module.resources)));
      await writeFile(join(cwd, 'cdk.tf.json'), JSON.stringify(after));
      return verdictOf((await plan()).stdout);
    } finally {
      await network.close();
    }
  });
}

function verdictOf(output: string): Verdict {
  const events = output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  return {
    changes: events.flatMap(({ type, change }) =>
      type === 'planned_change' ? [`${change.action} ${change.resource.addr}`] : [],
    ),
    errors: events.flatMap(({ diagnostic }) => (diagnostic?.severity === 'error' ? [diagnostic.detail] : [])),
  };
}

const TABLE = /^update google_bigquery_table\.Lake_Table-transactions_/;
const isTable = (change: string) => change.includes('google_bigquery_table');

describeTerraform('columns of tables, judged by the real provider', () => {
  let pluginDir: string | undefined;
  let missing = '';

  beforeAll(async () => {
    const provider = await googleProvider();
    if (provider.ok) ({ pluginDir } = provider);
    else {
      missing = provider.reason;
      process.stderr.write(`\nSKIPPED columns of tables: no hashicorp/google can be had: ${missing}\n\n`);
    }
  });

  const change = (title: string, after: Datasets, expected: (verdict: Verdict) => void) =>
    test(title, async ({ skip }) => {
      if (pluginDir === undefined) return skip(`needs the real provider: ${missing}`);
      expected(await planChange(pluginDir, lakeWith(BEFORE), lakeWith(after)));
    });

  change('nothing changes where nothing was changed', BEFORE, ({ changes, errors }) => {
    expect(errors).toEqual([]);
    expect(changes).toEqual([]);
  });

  describe('in place', () => {
    change('a column is added', changed({ country: 'string' }), ({ changes, errors }) => {
      expect(errors).toEqual([]);
      expect(changes.filter(isTable)).toEqual([expect.stringMatching(TABLE)]);
      expect(changes.filter((one) => !isTable(one))).toEqual([
        expect.stringMatching(/^create terraform_data\..*\["transactions\.country STRING"\]$/),
      ]);
    });

    change('a decimal gets more digits before the point', changed({ amount: 'decimal(12,2)' }), (verdict) => {
      expect(verdict.errors).toEqual([]);
      expect(verdict.changes).toEqual([expect.stringMatching(TABLE)]);
    });

    change(
      'types that BigQuery does not tell apart are one',
      changed({ count: 'bigint', share: 'double' }),
      (verdict) => {
        expect(verdict).toEqual({ changes: [], errors: [] });
      },
    );
  });

  describe('refused, with the name of the table', () => {
    change('a column is taken away, which the provider would do in place', changed({ count: undefined }), (verdict) => {
      expect(verdict.errors).toEqual([
        expect.stringContaining('["transactions.count INT64"] has lifecycle.prevent_destroy'),
      ]);
    });

    change('a column is taken away and another added', changed({ count: undefined, total: 'int' }), ({ errors }) => {
      expect(errors.join()).toContain('google_bigquery_table.Lake_Table-transactions_');
      expect(errors.join()).toContain('["transactions.count INT64"]');
    });

    change('the type of a column changes', changed({ amount: 'string' }), ({ errors }) => {
      expect(errors.join()).toContain('google_bigquery_table.Lake_Table-transactions_');
    });

    change('a decimal gets other digits after the point', changed({ amount: 'decimal(10,4)' }), ({ errors }) => {
      expect(errors.join()).toContain('["transactions.amount NUMERIC with 2 digits after the point"]');
    });

    test('a column would go without a word, were it not remembered', async ({ skip }) => {
      if (pluginDir === undefined) return skip(`needs the real provider: ${missing}`);
      const without = (lake: object) => {
        const { terraform_data: _, ...resource } = (lake as { readonly resource: Record<string, object> }).resource;
        return { ...lake, resource };
      };
      const [before, after] = [lakeWith(BEFORE), lakeWith(changed({ count: undefined }))].map(without);
      const { changes, errors } = await planChange(pluginDir, before ?? {}, after ?? {});
      expect(errors).toEqual([]);
      expect(changes).toEqual([expect.stringMatching(TABLE)]);
    });

    change('a dataset leaves', {}, ({ errors }) => {
      expect(errors.join()).toContain('["transactions.card_id STRING"]');
    });
  });
});
