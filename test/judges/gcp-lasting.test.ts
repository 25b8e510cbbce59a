import { App } from 'cdktf';
import { beforeAll, describe, expect, test } from 'vitest';
import { DataLake, type DataLakeProps } from '../../lib/gcp/data-lake/data-lake';
import { keyFromId } from '../../lib/gcp/keys/encryption-key';
import { FoundationStack } from '../../lib/gcp/platform/foundation-stack';
import { loadPlatformSpec } from '../../lib/plan/load';
import { PlatformNames } from '../../lib/plan/names';
import { planPlatform } from '../../lib/plan/platform-plan';
import { specOn } from '../../lib/spec/clouds';
import { documentOf, gcpStack, TARGET } from '../support/gcp-synth';
import { type ChangeOptions, type PlannedChange, planChange } from '../support/terraform-change';
import { describeTerraform } from '../support/terraform-judge';
import { googleProvider } from '../support/terraform-provider';

const BOTH_KEYS = { destroyData: true };

/** A lake of which a part is given up: a zone of files, and the only dataset. */
function lakeWith(props: Pick<DataLakeProps, 'destroyData'> & { readonly without?: 'zone' | 'dataset' } = {}): object {
  const { without, ...removal } = props;
  const stack = gcpStack({ context: { 'mlops:allowDataLoss': true } });
  const zones: DataLakeProps['zones'] = without === 'zone' ? { curated: {} } : { raw: {}, curated: {} };
  new DataLake(stack, 'Lake', {
    ...removal,
    target: TARGET,
    names: new PlatformNames('fraud', 'prod'),
    zones,
    datasets: without === 'dataset' ? {} : { transactions: { zone: 'curated', columns: { card_id: 'string' } } },
    encryptionKey: keyFromId('projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod/cryptoKeys/data'),
  });
  return documentOf(stack);
}

function foundationWith(network: object, destroyData = false): object {
  const spec = loadPlatformSpec({
    name: 'fraud',
    owner: 'fraud-ml@example.com',
    gcp: { project: 'fraud-prod', projectNumber: 123456789012, region: 'europe-west4' },
    network,
  });
  const app = new App({ context: { 'mlops:allowDataLoss': true } });
  return documentOf(new FoundationStack(app, { plan: planPlatform(specOn('gcp', spec)), destroyData }));
}

const ISOLATED = { mode: 'isolated' };
const EXISTING = { mode: 'existing', gcp: { network: 'main', subnetwork: 'ml' } };

interface Named {
  /** Address of what remembers it. */
  readonly memory: string;
  /** Its address, or what is to be known of a column. */
  readonly fact: string;
}

/** What a plan would lose, and says so. */
const namedBy = ({ errors }: PlannedChange): readonly Named[] =>
  errors.flatMap((error) => {
    const [, memory, fact] =
      /Resource (terraform_data\.[\w-]+\["(.+?)"\]) has\s+lifecycle\.prevent_destroy/.exec(error) ?? [];
    return memory === undefined || fact === undefined ? [] : [{ memory, fact }];
  });

const factsOf = (change: PlannedChange): readonly string[] =>
  namedBy(change)
    .map(({ fact }) => fact.replace(/_[0-9A-F]{8}$/, ''))
    .sort();

const deleted = ({ changes }: PlannedChange): readonly string[] =>
  changes
    .filter((change) => /^(delete|replace) google_/.test(change))
    .map((change) => change.replace(/_[0-9A-F]{8}$/, ''));

const GRANT = 'google_storage_bucket_iam_member.Lake_Connection_fraud-prod-tables-curated-123456789012-storage';

const GIVEN_UP = {
  zone: ['google_bigquery_dataset.Lake_Zone-raw_Database', 'google_storage_bucket.Lake_Zone-raw_Bucket'],
  dataset: [
    'google_bigquery_connection.Lake_Connection',
    'google_bigquery_table.Lake_Table-transactions',
    'google_storage_bucket.Lake_Zone-curated_Tables',
    `${GRANT}legacyBucketReader`,
    `${GRANT}objectUser`,
  ],
};

describeTerraform('what a spec no longer names, judged by the real provider', () => {
  let pluginDir: string | undefined;
  let missing = '';

  beforeAll(async () => {
    const provider = await googleProvider();
    if (provider.ok) ({ pluginDir } = provider);
    else {
      missing = provider.reason;
      process.stderr.write(`\nSKIPPED what a spec no longer names: no hashicorp/google can be had: ${missing}\n\n`);
    }
  });

  const judge = (
    title: string,
    see: (plan: (of: Omit<ChangeOptions, 'pluginDir'>) => Promise<PlannedChange>) => Promise<void>,
  ) =>
    test(title, ({ skip }) => {
      if (pluginDir === undefined) return skip(`needs the real provider: ${missing}`);
      const from = { pluginDir };
      return see((of) => planChange({ ...from, ...of }));
    });

  describe.each(['zone', 'dataset'] as const)('a %s', (without) => {
    judge('is refused, with the names of all that would go', async (plan) => {
      const change = await plan({ before: lakeWith(), after: lakeWith({ without }) });
      const columns = without === 'dataset' ? ['transactions.card_id STRING'] : [];
      expect(factsOf(change)).toEqual([...GIVEN_UP[without], ...columns]);
      expect(change.errors).toHaveLength(GIVEN_UP[without].length + columns.length);
    });

    judge('is kept, with all that reads it, once what the plan names is out of the state', async (plan) => {
      const [before, after] = [lakeWith(), lakeWith({ without })];
      const forgotten = namedBy(await plan({ before, after })).flatMap(({ memory, fact }) =>
        fact.startsWith('google_') ? [memory, fact] : [memory],
      );
      const change = await plan({ before, after, forgotten });
      expect(change.errors).toEqual([]);
      expect(change.changes.filter((one) => !one.startsWith('update '))).toEqual([]);
    });

    judge('goes once both keys are turned', async (plan) => {
      const change = await plan({ before: lakeWith(BOTH_KEYS), after: lakeWith({ ...BOTH_KEYS, without }) });
      expect(change.errors).toEqual([]);
      expect(deleted(change).toSorted()).toEqual(GIVEN_UP[without].map((address) => `delete ${address}`));
    });
  });

  describe('the network that somebody else is to run', () => {
    const NETWORK = [
      'google_compute_global_address.Network_GoogleApis_Address',
      'google_compute_subnetwork.Network_Subnetwork',
    ];

    judge('is refused', async (plan) => {
      const change = await plan({ before: foundationWith(ISOLATED), after: foundationWith(EXISTING) });
      expect(factsOf(change)).toEqual(NETWORK);
    });

    judge('goes once both keys are turned', async (plan) => {
      const change = await plan({ before: foundationWith(ISOLATED, true), after: foundationWith(EXISTING, true) });
      expect(change.errors).toEqual([]);
      expect(deleted(change)).toEqual(expect.arrayContaining(NETWORK.map((address) => `delete ${address}`)));
    });
  });
});
