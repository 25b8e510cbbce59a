import { beforeAll, describe, expect, test } from 'vitest';
import { DataLake, type DataLakeProps } from '../../lib/gcp/data-lake/data-lake';
import { keyFromId } from '../../lib/gcp/keys/encryption-key';
import { PlatformNames } from '../../lib/plan/names';
import { documentOf, gcpStack, TARGET } from '../support/gcp-synth';
import { type PlannedChange, planChange } from '../support/terraform-change';
import { describeTerraform } from '../support/terraform-judge';
import { googleProvider } from '../support/terraform-provider';

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

  const change = (title: string, after: Datasets, expected: (verdict: PlannedChange) => void) =>
    test(title, async ({ skip }) => {
      if (pluginDir === undefined) return skip(`needs the real provider: ${missing}`);
      expected(await planChange({ pluginDir, before: lakeWith(BEFORE), after: lakeWith(after) }));
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
      const { changes, errors } = await planChange({ pluginDir, before: before ?? {}, after: after ?? {} });
      expect(errors).toEqual([]);
      expect(changes).toEqual([expect.stringMatching(TABLE)]);
    });

    change('a dataset leaves', {}, ({ errors }) => {
      expect(errors.join()).toContain('["transactions.card_id STRING"]');
    });
  });
});
