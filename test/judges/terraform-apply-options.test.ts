import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AGENTS_TO_MAKE } from '../../lib/gcp/services/service-agents';
import { describeJudge } from '../support/describe-judge';
import { TARGET } from '../support/gcp-synth';
import { GoogleApis } from '../support/google-apis';
import { closeNetwork } from '../support/terraform-closed-network';
import { Deployment } from '../support/terraform-deployment';
import { describeTerraform } from '../support/terraform-judge';
import { googleProvider } from '../support/terraform-provider';
import { emptyCliConfig } from '../support/terraform-run';
import { WHOLE_FOUNDATION_NEEDS, wholeFoundation } from './terraform/whole-foundation';

const EVENTARC = `serviceAccount:service-${TARGET.projectNumber}@gcp-sa-eventarc.iam.gserviceaccount.com`;

describeTerraform('all options of a foundation with the real provider', () => {
  describeJudge('workflows', 'applied to Google on this machine', () => {
    it('are made, and stay as they are', async ({ skip }) => {
      const provider = await googleProvider();
      if (!provider.ok) {
        process.stderr.write(`\nSKIPPED all options of a foundation: no hashicorp/google: ${provider.reason}\n\n`);
        return skip(provider.reason);
      }
      const home = await mkdtemp(join(tmpdir(), 'terraform-options-'));
      const google = await GoogleApis.start();
      const network = await closeNetwork();
      try {
        await google.addProject({
          id: TARGET.project,
          number: String(TARGET.projectNumber),
          agents: AGENTS_TO_MAKE,
          grants: [[EVENTARC, 'roles/eventarc.serviceAgent']],
          ...WHOLE_FOUNDATION_NEEDS,
        });
        const env = { ...(await emptyCliConfig(home)), ...network.env, ...google.env };
        const on = new Deployment({ outdir: join(home, 'out'), env, pluginDir: provider.pluginDir });
        const { name, json } = wholeFoundation();
        await mkdir(join(home, 'out/stacks', name), { recursive: true });
        await writeFile(join(home, 'out/stacks', name, 'cdk.tf.json'), JSON.stringify(json));
        expect((await on.apply(name)).errors).toEqual([]);
        expect(await on.plan(name)).toMatchObject({ ok: true, errors: [], changes: [] });
        expect(await google.findings()).toEqual([]);
      } finally {
        await google.close();
        await network.close();
        await rm(home, { recursive: true, force: true });
      }
    });
  });
});
