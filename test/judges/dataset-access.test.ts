import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CustomerKey } from '../../lib/gcp/keys/customer-key';
import { Captures } from '../../lib/gcp/serving-endpoint/captures';
import { PlatformNames } from '../../lib/plan/names';
import { describeJudge } from '../support/describe-judge';
import { documentOf, gcpStack, TARGET } from '../support/gcp-synth';
import { GoogleApis } from '../support/google-apis';
import { closeNetwork } from '../support/terraform-closed-network';
import { Deployment } from '../support/terraform-deployment';
import { describeTerraform } from '../support/terraform-judge';
import { googleProvider } from '../support/terraform-provider';
import { emptyCliConfig } from '../support/terraform-run';

const NAMES = new PlatformNames('fraud', 'prod');
const DATASET = `bigquery.googleapis.com/bigquery/v2/projects/${TARGET.project}/datasets/fraud_prod_captures_detector`;
const SERVICES = `serviceusage.googleapis.com/v1/projects/${TARGET.project}/services`;
const OWNERS = { role: 'OWNER', specialGroup: 'projectOwners' };
const WRITER = {
  role: 'WRITER',
  userByEmail: `service-${TARGET.projectNumber}@gcp-sa-aiplatform.iam.gserviceaccount.com`,
};

/** A dataset on which somebody is granted something. */
const documentWith = (labels: Readonly<Record<string, string>>): object => {
  const stack = gcpStack();
  const encryptionKey = new CustomerKey(stack, 'Key', { target: TARGET, keyRingName: 'fraud', agents: ['bigquery'] });
  new Captures(stack, 'Captures', { target: TARGET, names: NAMES, model: 'detector', encryptionKey, labels });
  return documentOf(stack);
};

describeTerraform('the access of a dataset with the real provider', () => {
  describeJudge('workflows', 'in Google on this machine', () => {
    it('is that of the owners and of who is granted it, and stays so', async ({ skip }) => {
      const provider = await googleProvider();
      if (!provider.ok) {
        const missing = `no hashicorp/google can be had: ${provider.reason}`;
        process.stderr.write(`\nSKIPPED the access of a dataset: ${missing}\n\n`);
        return skip(missing);
      }
      const home = await mkdtemp(join(tmpdir(), 'terraform-dataset-'));
      const google = await GoogleApis.start();
      const network = await closeNetwork();
      try {
        const outdir = join(home, 'out');
        const env = { ...(await emptyCliConfig(home)), ...network.env, ...google.env };
        const on = new Deployment({ outdir, env, pluginDir: provider.pluginDir });
        await google.addProject({
          id: TARGET.project,
          number: String(TARGET.projectNumber),
          agents: ['aiplatform', 'bigquery'],
        });
        const serviceIds = ['bigquery.googleapis.com', 'cloudkms.googleapis.com'];
        await google.request('POST', `${SERVICES}:batchEnable`, { serviceIds });
        await google.request('GET', SERVICES);
        const apply = async (labels: Readonly<Record<string, string>>) => {
          await mkdir(join(outdir, 'stacks/captures'), { recursive: true });
          await writeFile(join(outdir, 'stacks/captures/cdk.tf.json'), JSON.stringify(documentWith(labels)));
          expect((await on.apply('captures')).errors).toEqual([]);
          expect(await on.plan('captures')).toMatchObject({ ok: true, changes: [] });
          return (await google.request('GET', DATASET)) as {
            readonly labels: object;
            readonly access: readonly object[];
          };
        };

        const made = await apply({ team: 'risk' });
        expect(made.access).toHaveLength(2);
        expect(made.access).toEqual(expect.arrayContaining([OWNERS, WRITER]));
        const changed = await apply({ team: 'cards' });
        expect(changed.labels).toMatchObject({ team: 'cards' });
        expect(changed.access).toHaveLength(2);
        expect(changed.access).toEqual(expect.arrayContaining([OWNERS, WRITER]));
        expect(await google.findings()).toEqual([]);
      } finally {
        await google.close();
        await network.close();
        await rm(home, { recursive: true, force: true });
      }
    });
  });
});
