import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gcpMachines } from '../../lib/plan/machines/gcp-machines';
import { resourceSchema } from '../support/terraform-bindings';
import type { TerraformJson, TerraformStack } from '../support/terraform-stacks';
import { RULE_FAULTS } from './terraform/rule-faults';
import { RULES, ruleLines } from './terraform/rules';
import { KEYS_WITH_A_REASON } from './terraform/rules/customer-key';
import { soundResources } from './terraform/sound-stack';
import { googleStack } from './terraform/toy-stack';

const linesOf = (
  resource: NonNullable<TerraformJson['resource']>,
  more: TerraformJson = {},
  others: readonly TerraformStack[] = [],
) => ruleLines({ name: 'toy', stacks: [...others, { ...googleStack(resource, more), after: [] }] }, gcpMachines);

describe('static rules over the stacks', () => {
  it('are the files of the folder', () => {
    const files = readdirSync(join(__dirname, 'terraform/rules')).map((file) => file.replace(/\.ts$/, ''));
    expect(Object.keys(RULES)).toEqual(files.sort());
  });

  it('find nothing in what is sound', () => {
    expect(linesOf(soundResources())).toEqual([]);
  });

  it.each(Object.keys(RULES))('%s has faults that show it', (rule) => {
    expect(Object.keys(RULE_FAULTS[rule] ?? {}).length).toBeGreaterThan(0);
  });

  const faults = Object.entries(RULE_FAULTS).flatMap(([rule, byName]) =>
    Object.entries(byName).map(([name, fault]) => [rule, name, fault] as const),
  );
  it.each(faults)('%s finds %s', (rule, _name, { seed, at, says, others }) => {
    const resources = soundResources();
    const added = seed(resources) ?? {};
    const [first, ...more] = linesOf(resources, added, others).filter((line) => line.startsWith(`toy ${rule} `));
    expect(first).toMatch(new RegExp(`^toy ${rule} ${at.replaceAll('.', '\\.')}: `));
    expect(first).toMatch(says);
    expect(more, 'one fault, one finding').toEqual([]);
  });

  it('except types from the customer key that there are', () => {
    for (const type of Object.keys(KEYS_WITH_A_REASON)) expect(resourceSchema(type), type).toBeDefined();
  });

  it('let the files of managed tables be without versions', () => {
    const { google_storage_bucket } = soundResources();
    const { versioning: _, ...raw } = google_storage_bucket?.raw ?? {};
    const table = { biglake_configuration: { storage_uri: 'gs://example-raw/tables/payments' } };
    const found = (resources: NonNullable<TerraformJson['resource']>) =>
      linesOf(resources).filter((line) => line.startsWith('toy sound-buckets'));
    expect(found({ google_storage_bucket: { raw } })).toHaveLength(1);
    expect(found({ google_storage_bucket: { raw }, google_bigquery_table: { payments: table } })).toEqual([]);
  });

  it('let a name be used after its stack, also through others, and only there', () => {
    const bucket = { google_storage_bucket: { records: { name: 'example-records' } } };
    const first = { ...googleStack(bucket), name: 'first', after: [] };
    const between = { ...googleStack({}), name: 'between', after: ['first'] };
    const use = googleStack({ google_storage_bucket_object: { x: { bucket: 'example-records', name: 'x' } } });
    const found = (after: readonly string[]) =>
      ruleLines({ name: 'toy', stacks: [first, between, { ...use, after }] }, gcpMachines).filter((line) =>
        line.includes(' after-stacks '),
      );
    expect(found(['first'])).toEqual([]);
    expect(found(['between'])).toEqual([]);
    expect(found([])).toEqual([
      expect.stringMatching(/^toy after-stacks google_storage_bucket_object\.x: bucket names/),
    ]);
  });

  it('know what an earlier stack has done', () => {
    const { google_storage_bucket, google_kms_key_ring, google_kms_crypto_key, ...rest } = soundResources();
    const { google_project_service, google_kms_crypto_key_iam_member } = rest;
    const keys = {
      google_project_service,
      google_kms_key_ring,
      google_kms_crypto_key,
      google_kms_crypto_key_iam_member,
    };
    const foundation = { ...googleStack(keys as NonNullable<TerraformJson['resource']>), name: 'foundation' };
    const { depends_on: _, ...raw } = google_storage_bucket?.raw ?? {};
    const encryption = {
      default_kms_key_name: 'projects/example/locations/europe-west4/keyRings/main/cryptoKeys/data',
    };
    const data = { ...googleStack({ google_storage_bucket: { raw: { ...raw, encryption } } }), name: 'data' };
    const lines = (...stacks: (typeof data)[]) => ruleLines({ name: 'toy', stacks }, gcpMachines);
    expect(lines(foundation, data)).toEqual([]);
    expect(lines(data, foundation)).toEqual([
      expect.stringMatching(/^data after-api google_storage_bucket\.raw: nothing turns storage/),
      expect.stringMatching(/^data after-key-grants google_storage_bucket\.raw: nothing lets @gs-project-accounts/),
      expect.stringMatching(/^data after-stacks google_storage_bucket\.raw: .* names google_kms_key_ring\.main/),
      expect.stringMatching(/^data after-stacks google_storage_bucket\.raw: .* names google_kms_crypto_key\.data/),
    ]);
  });
});
