import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadPlatformSpec } from '../../lib/plan/load';
import type { PlatformSpec } from '../../lib/spec/platform';
import { describeJudge } from '../support/describe-judge';
import { bootstrappedProject } from '../support/gcp-bootstrapped';
import { GoogleApis, type Held } from '../support/google-apis';
import { inOrder } from '../support/terraform-deployment';
import { describeTerraform } from '../support/terraform-judge';
import { googleProvider } from '../support/terraform-provider';
import type { TerraformStack } from '../support/terraform-stacks';
import { Ground } from './google-api/ground';
import { changesIn, each, errorsIn, type Runs } from './google-api/life';

/** Two conditions of one grant hold as many datasets as these, six each. */
const DATASETS = [...'abcdefghijkl'].map((letter) => `sales_${letter}`);
/** Read alone at first, in the condition that the others take later. */
const LATE = DATASETS.slice(6);

const MODELS = ['churn', 'demand'];
const COLUMNS = { id: 'string', amount: 'decimal(10,2)' };

interface Choices {
  readonly datasets?: readonly string[];
  readonly reads?: readonly string[];
  readonly kind?: 'managed' | 'batch';
  readonly cidr?: string;
  /** Of the first dataset. */
  readonly columns?: Readonly<Record<string, string>>;
  readonly models?: readonly string[];
}

/** One platform, as it is written from day to day. */
const shop = ({ datasets = DATASETS, kind = 'managed', models = MODELS, ...choices }: Choices = {}): PlatformSpec =>
  loadPlatformSpec({
    name: 'shop',
    owner: 'shop-ml@example.com',
    gcp: { project: 'shop-ml', projectNumber: 123456789012, region: 'europe-west4' },
    network: { mode: 'isolated', ...(choices.cidr === undefined ? {} : { cidr: choices.cidr }) },
    dataLake: {
      zones: { curated: {} },
      datasets: Object.fromEntries(
        datasets.map((name) => [
          name,
          { zone: 'curated', columns: name === DATASETS[0] ? (choices.columns ?? COLUMNS) : COLUMNS },
        ]),
      ),
    },
    training: { cluster: { kind, machine: 'medium' }, reads: choices.reads ?? DATASETS },
    models: Object.fromEntries(models.map((name) => [name, { serving: {} }])),
  });

const PROJECT = bootstrappedProject(shop());
const EMAIL = 'shop-training@shop-ml.iam.gserviceaccount.com';
const TRAINING = `serviceAccount:${EMAIL}`;
const ACCOUNT = `iam/projects/shop-ml/serviceAccounts/${EMAIL}`;
const TABLE = 'bigquery/projects/shop-ml/datasets/shop_curated/tables/sales_a';

describeTerraform('a platform whose spec changes, with the real provider', () => {
  describeJudge('workflows', 'on Google as it is on this machine', () => {
    let google: GoogleApis;
    let ground: Ground;
    let missing: string | undefined;
    let written: readonly TerraformStack[] = [];

    beforeAll(async () => {
      const provider = await googleProvider();
      if (!provider.ok) {
        missing = `no hashicorp/google can be had: ${provider.reason}`;
        process.stderr.write(`\nSKIPPED a platform whose spec changes: ${missing}\n\n`);
        return;
      }
      google = await GoogleApis.start();
      ground = await Ground.open(google, provider.pluginDir);
      await google.addProject(PROJECT);
      expect(errorsIn(await change(shop({ reads: LATE })))).toEqual([]);
    });

    afterAll(async () => {
      await ground?.close();
      await google?.close();
    });

    /** Applies the stacks that another spec writes otherwise, each after those that it waits for. */
    const change = (spec: PlatformSpec): Promise<Runs> => {
      const before = new Map(written.map(({ name, json }) => [name, JSON.stringify(json)]));
      written = ground.write(spec);
      const others = written.filter(({ name, json }) => JSON.stringify(json) !== before.get(name));
      return inOrder(others, 'forwards', (stack) => ground.deployment.apply(stack));
    };

    /** What another apply would change, of some stacks or of all. */
    const planned = async (only = written.map(({ name }) => name)): Promise<readonly string[]> => {
      const stacks = written.filter(({ name }) => only.includes(name));
      return changesIn(await each(stacks, (stack) => ground.deployment.plan(stack)));
    };

    const held = () => google.held(PROJECT);

    /** Each goes on where the one before it ended. */
    const judge = (title: string, see: () => Promise<void>) =>
      it(title, ({ skip }) => (missing === undefined ? see() : skip(missing)));

    judge('reads more datasets, and nobody loses those that move to another condition', async () => {
      expect(readBy(TRAINING, await held())).toEqual(LATE);
      const runs = await change(shop());
      expect(errorsIn(runs)).toEqual([]);
      expect(Object.keys(runs)).toEqual(['shop-training']);
      expect(readBy(TRAINING, await held())).toEqual(DATASETS);
      expect(await planned(['shop-training'])).toEqual([]);
    });

    judge('has reads, datasets and models in another order, which changes nothing', async () => {
      const before = await held();
      const models = [...MODELS].reverse();
      const datasets = [...DATASETS].reverse();
      written = ground.write(shop({ datasets, models, reads: datasets }));
      expect(await planned()).toEqual([]);
      expect(await held()).toEqual(before);
    });

    for (const kind of ['batch', 'managed'] as const)
      judge(`gets a cluster of kind ${kind}, which has the account of the one before`, async () => {
        const { [ACCOUNT]: before } = await held();
        const runs = await change(shop({ kind }));
        expect(errorsIn(runs)).toEqual([]);
        const after = await held();
        expect(after[ACCOUNT]?.resource).toEqual(before?.resource);
        expect(readBy(TRAINING, after)).toEqual(DATASETS);
        expect(await planned(Object.keys(runs))).toEqual([]);
      });

    judge('gets another range of its network, which is refused before anything is touched', async () => {
      const before = await held();
      const { 'shop-foundation': run, ...others } = await change(shop({ cidr: '10.77.0.0/16' }));
      expect(others).toEqual({});
      expect(run?.errors.toSorted()).toEqual([
        expect.stringMatching(/google_compute_global_address\.\S+ has lifecycle\.prevent_destroy set/),
        expect.stringMatching(/google_compute_subnetwork\.\S+ has lifecycle\.prevent_destroy set/),
      ]);
      expect(await held()).toEqual(before);
      written = ground.write(shop());
    });

    judge('gets a model and loses one, and nothing else knows of it', async () => {
      const before = await held();
      const made = await change(shop({ models: [...MODELS, 'returns'] }));
      expect(errorsIn(made)).toEqual([]);
      expect(Object.keys(made)).toEqual(['shop-model-returns']);
      expect(await planned()).toEqual([]);
      expect(errorsIn({ destroyed: await ground.deployment.destroy('shop-model-returns') })).toEqual([]);
      expect(await change(shop())).toEqual({});
      expect(await held()).toEqual(before);
      expect(await planned()).toEqual([]);
    });

    judge('gets a column amid the others and wider numbers, in place', async () => {
      const before = await held();
      const columns = { id: 'string', channel: 'string', amount: 'decimal(12,2)' };
      const { 'shop-data': run, ...others } = await change(shop({ columns }));
      expect(others).toEqual({});
      expect(run?.errors).toEqual([]);
      expect(run?.changes).toEqual([
        expect.stringMatching(/^create terraform_data\..*\["sales_a\.channel STRING"\]$/),
        expect.stringMatching(/^update google_bigquery_table\./),
      ]);
      const after = await held();
      expect(after[TABLE]?.resource.schema).toMatchObject({
        fields: [{ name: 'id' }, { name: 'amount', type: 'NUMERIC', precision: '12', scale: '2' }, { name: 'channel' }],
      });
      expect(Object.keys(after)).toEqual(Object.keys(before));
      expect(await planned(['shop-data'])).toEqual([]);
    });

    it('asked Google for nothing that it does not take', async ({ skip }) => {
      if (missing !== undefined) return skip(missing);
      expect(await google.findings()).toEqual([]);
    });
  });
});

/** Datasets whose files somebody may read, by the lists of access. */
function readBy(member: string, held: Readonly<Record<string, Held>>): readonly string[] {
  const given = Object.values(held).flatMap(({ policy }) => policy.filter(({ members }) => members.includes(member)));
  return DATASETS.filter((name) => given.some(({ condition }) => condition?.expression.includes(`/${name}/`)));
}
