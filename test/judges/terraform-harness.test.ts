import { expect, test } from 'vitest';
import { judgeWithTerraform, REAL_PROVIDER, SCHEMA_ONLY, terraformLines } from '../support/terraform';
import { describeTerraform } from '../support/terraform-judge';
import { googleProvider } from '../support/terraform-provider';
import { type ResourceBody, resourcesOf, type TerraformStack } from '../support/terraform-stacks';
import { googleStack, ref } from './terraform/toy-stack';

const SOUND = {
  google_service_account: { writer: { account_id: 'the-writer' } },
  google_storage_bucket: {
    raw: {
      name: 'example-raw',
      location: 'europe-west4',
      labels: { owner: 'risk' },
      versioning: { enabled: true },
      lifecycle_rule: [{ action: { type: 'Delete' }, condition: { age: 30 } }],
    },
  },
  google_storage_bucket_iam_member: {
    writer: {
      bucket: ref('google_storage_bucket.raw.name'),
      role: 'roles/storage.objectUser',
      member: `serviceAccount:${ref('google_service_account.writer.email')}`,
    },
  },
};

const bucket = (more: ResourceBody): TerraformStack =>
  googleStack({ google_storage_bucket: { raw: { name: 'example-raw', location: 'europe-west4', ...more } } });

/** One fault each, and what Terraform must say about it. */
const FAULTS: Readonly<Record<string, readonly [TerraformStack, RegExp]>> = {
  'a required argument is missing': [
    googleStack({ google_storage_bucket: { raw: { name: 'example-raw' } } }),
    /google_storage_bucket\.raw.*"location" is required/,
  ],
  'a required argument of a block is missing': [bucket({ encryption: {} }), /"default_kms_key_name" is required/],
  'a required block is missing': [bucket({ lifecycle_rule: [{ action: { type: 'Delete' } }] }), /condition/],
  'a block that there may be once is there twice': [
    bucket({ versioning: [{ enabled: true }, { enabled: false }] }),
    /No more than 1 "versioning" block/,
  ],
  'a value has another type': [bucket({ labels: ['owner'] }), /labels.*map of string required/],
  'a value in a block has another type': [
    bucket({ lifecycle_rule: [{ action: { type: 'Delete' }, condition: { age: 'month' } }] }),
    /age.*number is required/,
  ],
  'an argument does not exist': [bucket({ storage_clas: 'STANDARD' }), /storage_clas/],
  'an argument of a block does not exist': [bucket({ versioning: { enable: true } }), /enable/],
  'a type does not exist': [
    googleStack({ google_storage_buckets: { raw: { name: 'example-raw' } } }),
    /google_storage_buckets/,
  ],
  'a reference leads to no resource': [
    bucket({ project: ref('google_project.main.project_id') }),
    /undeclared resource/,
  ],
  'a reference leads to no attribute': [
    googleStack({
      google_service_account: { a: { account_id: 'the-writer' } },
      google_project_iam_member: {
        a: { project: 'example', role: 'roles/x.y', member: `serviceAccount:${ref('google_service_account.a.mail')}` },
      },
    }),
    /Unsupported attribute.*mail/,
  ],
  'resources wait for each other': [
    googleStack({
      google_service_account: {
        a: { account_id: 'account-a', description: ref('google_service_account.b.email') },
        b: { account_id: 'account-b', description: ref('google_service_account.a.email') },
      },
    }),
    /Cycle/,
  ],
  'a resource waits for one that is not there': [
    bucket({ depends_on: ['google_project_service.storage'] }),
    /undeclared/,
  ],
  'a string is an expression by accident': [
    bucket({ name: `example-${ref('event.data.bucket')}` }),
    /undeclared|Invalid reference/,
  ],
};

describeTerraform('terraform with schemas alone', () => {
  test('accepts what is sound', async () => {
    const { judge, findings } = await judgeWithTerraform([googleStack(SOUND)], { provider: 'schemas' });
    expect(judge).toBe(SCHEMA_ONLY);
    expect(terraformLines(findings)).toEqual([]);
  });

  test.each(Object.keys(FAULTS))('finds that %s', async (fault) => {
    const [stack, message] = FAULTS[fault] ?? [];
    if (stack === undefined) throw new Error(`there is no fault "${fault}"`);
    const { findings } = await judgeWithTerraform([stack], { provider: 'schemas' });
    expect(findings.filter(({ severity }) => severity === 'error').length).toBeGreaterThan(0);
    expect(terraformLines(findings).join('\n')).toMatch(message ?? '');
  });

  test('leaves the backend out, which would be asked at init', async () => {
    const { json, name } = googleStack(SOUND);
    const stack = {
      name,
      json: { ...json, terraform: { ...json.terraform, backend: { gcs: { bucket: 'somebodys' } } } },
    };
    expect((await judgeWithTerraform([stack], { provider: 'schemas' })).findings).toEqual([]);
  });
});

describeTerraform('terraform with the real provider', () => {
  test('plans what is sound, asking nobody but for the name of the account', async ({ skip }) => {
    const google = await googleProvider();
    if (!google.ok) return skip(google.reason);
    const verdict = await judgeWithTerraform([googleStack(SOUND), { ...googleStack(SOUND), name: 'again' }]);
    expect(verdict.judge).toBe(REAL_PROVIDER);
    expect(terraformLines(verdict.findings)).toEqual([]);
    const addresses = resourcesOf(googleStack(SOUND)).map(({ address }) => address);
    expect(verdict.planned).toEqual({ toy: 3, again: 3 });
    for (const made of Object.values(verdict.made)) expect(made.toSorted()).toEqual(addresses.toSorted());
    expect(verdict.asked).toEqual(['openidconnect.googleapis.com']);
  });

  test('finds what no schema says', async ({ skip }) => {
    const google = await googleProvider();
    if (!google.ok) return skip(google.reason);
    const { findings } = await judgeWithTerraform([bucket({ self_link: 'https://example.com' })]);
    expect(terraformLines(findings).join('\n')).toMatch(/toy validate error google_storage_bucket\.raw.*self_link/);
  });

  test('finds what validate does not, in the plan', async ({ skip }) => {
    const google = await googleProvider();
    if (!google.ok) return skip(google.reason);
    const stack = googleStack({ google_pubsub_topic: { alerts: { name: 'alerts' } } }, { provider: { google: [{}] } });
    const { findings } = await judgeWithTerraform([stack]);
    expect(terraformLines(findings).join('\n')).toMatch(/toy plan error google_pubsub_topic\.alerts.*project/);
  });

  test('reports warnings', async ({ skip }) => {
    const google = await googleProvider();
    if (!google.ok) return skip(google.reason);
    const stack = googleStack({
      google_container_registry: { images: { location: 'EU', project: 'example' } },
    });
    const { findings } = await judgeWithTerraform([stack]);
    expect(findings.map(({ severity }) => severity)).toContain('warning');
  });
});
