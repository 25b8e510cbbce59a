import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelRoles } from '../../lib/gcp/model-registry/model-roles';
import { PlatformNames, shortHash } from '../../lib/plan/names';
import { describeJudge } from '../support/describe-judge';
import { documentOf, gcpStack, TARGET } from '../support/gcp-synth';
import { GoogleApis } from '../support/google-apis';
import { type ClosedNetwork, closeNetwork } from '../support/terraform-closed-network';
import { Deployment } from '../support/terraform-deployment';
import { describeTerraform } from '../support/terraform-judge';
import { googleProvider } from '../support/terraform-provider';
import { emptyCliConfig } from '../support/terraform-run';
import { toyDocument, toyProject, toyResources } from './google-api/toy';
import { newVersions } from './google-api/uses';

type Resources = ReturnType<typeof toyResources>;

/** Changes arguments of a resource of the toy; those that are undefined are left out. */
const change = (address: string, body: Readonly<Record<string, unknown>>) => (resources: Resources) => {
  const [type = '', name = ''] = address.split('.');
  const resource = resources[type]?.[name];
  if (resource === undefined) throw new Error(`there is no ${address}`);
  Object.assign(resource, body);
};

/** One fault each, and what the first apply must say of it. */
const ORDER: Readonly<Record<string, readonly [(resources: Resources) => void, RegExp]>> = {
  'a bucket does not wait for its API': [
    change('google_storage_bucket.raw', { depends_on: [], encryption: undefined }),
    /google_storage_bucket\.raw.*storage\.googleapis\.com has not been used in project/,
  ],
  'a bucket does not wait until its agent may use the key': [
    change('google_storage_bucket.raw', { depends_on: ['google_project_service.storage'] }),
    /google_storage_bucket\.raw.*useToEncrypt' denied for service-\d+@gs-project-accounts/,
  ],
  'a channel does not wait until Monitoring may publish': [
    change('google_monitoring_notification_channel.alerts', {
      depends_on: ['google_project_service.monitoring', 'google_pubsub_topic.alerts'],
    }),
    /google_monitoring_notification_channel\.alerts.*may not publish/,
  ],
  'a channel names a topic that nobody makes': [
    change('google_monitoring_notification_channel.alerts', { labels: { topic: 'projects/p/topics/other' } }),
    /google_monitoring_notification_channel\.alerts.*does not exist/,
  ],
  'a grant is for an account that nobody makes': [
    change('google_pubsub_topic_iam_member.alerts', { member: 'serviceAccount:a@b.iam.gserviceaccount.com' }),
    /google_pubsub_topic_iam_member\.alerts.*Service account a@b\.iam\.gserviceaccount\.com does not exist/,
  ],
  'a grant is of a role that nobody makes': [
    change('google_pubsub_topic_iam_member.alerts', { role: 'projects/p/roles/other' }),
    /google_pubsub_topic_iam_member\.alerts.*Role \(projects\/p\/roles\/other\) does not exist/,
  ],
};

describeTerraform('what is applied with the real provider', () => {
  describeJudge('workflows', 'to Google on this machine', () => {
    let google: GoogleApis;
    let network: ClosedNetwork;
    let home = '';
    let deployment: Deployment | undefined;
    let missing: string | undefined;

    beforeAll(async () => {
      const provider = await googleProvider();
      if (!provider.ok) {
        missing = `no hashicorp/google can be had: ${provider.reason}`;
        process.stderr.write(`\nSKIPPED what is applied: ${missing}\n\n`);
        return;
      }
      home = await mkdtemp(join(tmpdir(), 'terraform-faults-'));
      google = await GoogleApis.start();
      network = await closeNetwork();
      const env = { ...(await emptyCliConfig(home)), ...network.env, ...google.env };
      deployment = new Deployment({ outdir: join(home, 'out'), env, pluginDir: provider.pluginDir });
    });

    afterAll(async () => {
      await google?.close();
      await network?.close();
      if (home !== '') await rm(home, { recursive: true, force: true });
    });

    const write = async (stack: string, document: object): Promise<void> => {
      const folder = join(home, 'out/stacks', stack);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'cdk.tf.json'), JSON.stringify(document));
    };

    /** Judges in a project of its own, at the same time as the others. */
    const judge = (title: string, see: (on: Deployment, id: string) => Promise<void>) =>
      it.concurrent(title, async ({ skip }) => {
        if (deployment === undefined) return skip(missing);
        const id = `toy-${shortHash(title)}`;
        await google.addProject(toyProject(id));
        await see(deployment, id);
      });

    const toy = async (id: string, seed: (resources: Resources) => void = () => undefined): Promise<void> => {
      const resources = toyResources(id);
      seed(resources);
      await write(id, toyDocument(id, resources));
    };

    judge('is sound, and the next plan empty', async (on, id) => {
      await toy(id);
      expect((await on.apply(id)).errors).toEqual([]);
      expect(await on.plan(id)).toMatchObject({ ok: true, errors: [], changes: [] });
      const destroyed = await on.destroy(id);
      expect(destroyed.errors.join()).toContain('lifecycle.prevent_destroy');
    });

    describe('is refused where', () => {
      for (const [fault, [seed, says]] of Object.entries(ORDER))
        judge(fault, async (on, id) => {
          await toy(id, seed);
          const { ok, errors } = await on.apply(id);
          expect(ok).toBe(false);
          expect(errors).toEqual([expect.stringMatching(says)]);
        });
    });

    judge('is replaced by every plan where a table leaves its key to its dataset', async (on, id) => {
      await toy(id, change('google_bigquery_table.payments', { encryption_configuration: undefined }));
      expect((await on.apply(id)).errors).toEqual([]);
      expect((await on.plan(id)).changes).toEqual(['replace google_bigquery_table.payments']);
    });

    judge('goes without a word where nobody protects it, unless something is in it', async (on, id) => {
      await toy(id, (resources) => {
        for (const body of Object.values(resources).flatMap((byName) => Object.values(byName))) delete body.lifecycle;
      });
      expect((await on.apply(id)).errors).toEqual([]);
      const bucket = `${id}-raw-${toyProject(id).number}`;
      const object = `storage.googleapis.com/upload/storage/v1/b/${bucket}/o?uploadType=media&name=something`;
      await google.request('POST', object, 'something');
      const { errors } = await on.destroy(id);
      expect(errors).toEqual([expect.stringMatching(/without `force_destroy` set to true/)]);
      expect(await google.resources(toyProject(id))).toContain(`storage/b/${bucket}`);
      expect(await google.resources(toyProject(id))).not.toContain(`pubsub/projects/${id}/topics/alerts`);
    });

    judge('cannot be made again where its keys are not adopted, nor without a version of them', async (on, id) => {
      const ring = `projects/${id}/locations/europe-west4/keyRings/main`;
      const { google_project_service, google_kms_key_ring, google_kms_crypto_key, ...rest } = toyResources(id);
      const { google_kms_crypto_key_iam_member, google_storage_bucket } = rest;
      const keys = { google_project_service, google_kms_key_ring, google_kms_crypto_key } as Resources;
      delete keys.google_kms_crypto_key?.data?.lifecycle;
      await write(id, toyDocument(id, keys));
      expect((await on.apply(id)).errors).toEqual([]);
      expect((await on.destroy(id)).errors).toEqual([]);
      expect((await on.apply(id)).errors).toEqual([expect.stringMatching(/google_kms_key_ring\.main.*already exists/)]);

      const adopted = [
        { to: 'google_kms_key_ring.main', id: ring },
        { to: 'google_kms_crypto_key.data', id: `${ring}/cryptoKeys/data` },
      ];
      const all = { ...keys, google_kms_crypto_key_iam_member, google_storage_bucket } as Resources;
      await write(id, toyDocument(id, all, { import: adopted }));
      expect((await on.apply(id)).errors).toEqual([
        expect.stringMatching(/google_storage_bucket\.raw.*no version that encrypts/),
      ]);
      await newVersions(google, await google.resources(toyProject(id)));
      expect((await on.apply(id)).errors).toEqual([]);
      expect(await on.plan(id)).toMatchObject({ ok: true, changes: [] });
    });
  });
});

describeTerraform('custom roles with the real provider', () => {
  describeJudge('workflows', 'of a platform that was destroyed', () => {
    let missing: string | undefined;
    let home = '';

    afterAll(async () => {
      if (home !== '') await rm(home, { recursive: true, force: true });
    });

    it('come back within a week, have another generation after it, and their first names again much later', async ({
      skip,
    }) => {
      const provider = await googleProvider();
      if (!provider.ok) {
        missing = `no hashicorp/google can be had: ${provider.reason}`;
        process.stderr.write(`\nSKIPPED custom roles of a platform that was destroyed: ${missing}\n\n`);
        return skip(missing);
      }
      home = await mkdtemp(join(tmpdir(), 'terraform-roles-'));
      const google = await GoogleApis.start();
      const network = await closeNetwork();
      try {
        const env = { ...(await emptyCliConfig(home)), ...network.env, ...google.env };
        const on = new Deployment({ outdir: join(home, 'out'), env, pluginDir: provider.pluginDir });
        await google.addProject({ id: TARGET.project, number: String(TARGET.projectNumber) });
        await google.request(
          'POST',
          `serviceusage.googleapis.com/v1/projects/${TARGET.project}/services/iam.googleapis.com:enable`,
          {},
        );
        await google.request(
          'GET',
          `serviceusage.googleapis.com/v1/projects/${TARGET.project}/services/iam.googleapis.com`,
        );
        const write = async (roleGeneration?: number): Promise<void> => {
          const stack = gcpStack();
          new ModelRoles(stack, 'Roles', {
            target: TARGET,
            names: new PlatformNames('fraud', 'prod', { roleGeneration }),
          });
          await mkdir(join(home, 'out/stacks/roles'), { recursive: true });
          await writeFile(join(home, 'out/stacks/roles/cdk.tf.json'), JSON.stringify(documentOf(stack)));
        };
        const again = async () => (await on.destroy('roles')).errors.concat((await on.apply('roles')).errors);

        await write();
        expect((await on.apply('roles')).errors).toEqual([]);
        expect(await again()).toEqual([]);
        expect((await on.destroy('roles')).errors).toEqual([]);
        await google.pass(8);
        expect((await on.apply('roles')).errors.join()).toMatch(/deleted more than 7 days ago/);
        await write(2);
        expect((await on.apply('roles')).errors).toEqual([]);
        expect((await on.plan('roles')).ok).toBe(true);
        await google.pass(30);
        await write();
        expect((await on.apply('roles')).errors).toEqual([]);
        expect(await google.findings()).toEqual([]);
      } finally {
        await google.close();
        await network.close();
      }
    });
  });
});
