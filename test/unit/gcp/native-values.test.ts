import { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key';
import { KmsKeyRing } from '@cdktf/provider-google/lib/kms-key-ring';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { TerraformVariable } from 'cdktf';
import { describe, expect, test } from 'vitest';
import { granteeOf } from '../../../lib/gcp/access/grantee';
import { AlertChannel } from '../../../lib/gcp/alerts/alert-channel';
import { ArtifactStore } from '../../../lib/gcp/artifact-store/artifact-store';
import { DataLake } from '../../../lib/gcp/data-lake/data-lake';
import { keyFrom } from '../../../lib/gcp/keys/encryption-key';
import { Keys } from '../../../lib/gcp/keys/keys';
import { ModelEvents } from '../../../lib/gcp/model-registry/model-events';
import { ModelRegistry } from '../../../lib/gcp/model-registry/model-registry';
import { ModelRoles } from '../../../lib/gcp/model-registry/model-roles';
import { Network } from '../../../lib/gcp/network/network';
import { Operations } from '../../../lib/gcp/operations/operations';
import { Records } from '../../../lib/gcp/records/records';
import { ServingEndpoint } from '../../../lib/gcp/serving-endpoint/serving-endpoint';
import type { Target } from '../../../lib/gcp/target';
import { ImageRepository } from '../../../lib/gcp/training-cluster/image-repository';
import { TrainingCluster } from '../../../lib/gcp/training-cluster/training-cluster';
import { TrainingPipeline } from '../../../lib/gcp/training-pipeline/training-pipeline';
import { PlatformNames } from '../../../lib/plan/names';
import { documentOf, gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';
import { EVERY_KIND, plannedPipeline } from '../../support/pipeline-spec';

const names = new PlatformNames('fraud', 'prod');

/** A stack with a key, a bucket and variables of the user's own; `more` variables come first and use up tokens. */
function world(more = 0) {
  const stack = gcpStack();
  for (let i = 0; i < more; i += 1) new TerraformVariable(stack, `more${i}`, { type: 'string' }).stringValue;
  const ring = new KmsKeyRing(stack, 'Ring', { name: 'ring', location: TARGET.region });
  const key = keyFrom(new KmsCryptoKey(stack, 'Key', { name: 'key', keyRing: ring.id }));
  const bucket = new StorageBucket(stack, 'Bucket', { name: 'artifacts', location: TARGET.region });
  const variable = (name: string) => new TerraformVariable(stack, name, { type: 'string' }).stringValue;
  const artifacts = ArtifactStore.fromName(bucket.name);
  const network = Network.fromNames({ ...TARGET, networkName: 'net', subnetworkName: 'net', attachmentName: 'net' });
  const records = Records.fromName('records');
  const platform = (target: Target) => ({ target, names, records, artifacts, network, encryptionKey: key });
  return { stack, key, artifacts, network, records, variable, platform };
}

type World = ReturnType<typeof world>;

const alertsOf = ({ stack }: World, target: Target) =>
  new AlertChannel(stack, 'Alerts', { target, platform: 'fraud-prod', email: ['a@example.com'] });
const registryOf = ({ stack }: World, target: Target) =>
  ModelRegistry.fromNames(stack, 'Registry', { target, names, model: 'detector' });

/** Constructs that write documents, on a target. */
const MAKE: Readonly<Record<string, (world: World, target: Target) => unknown>> = {
  DataLake: (of, target) =>
    new DataLake(of.stack, 'Made', {
      ...of.platform(target),
      zones: { raw: {} },
      datasets: { orders: { zone: 'raw', columns: { id: 'string' } } },
    }),
  'TrainingCluster (managed)': (of, target) => new TrainingCluster(of.stack, 'Made', of.platform(target)),
  'TrainingCluster (batch)': (of, target) =>
    new TrainingCluster(of.stack, 'Made', {
      ...of.platform(target),
      cluster: { kind: 'batch', accelerator: { type: 't4' } },
    }),
  TrainingPipeline: (of, target) => {
    const { check: _, ...steps } = EVERY_KIND.steps;
    const unchecked = { ...EVERY_KIND, steps: { ...steps, prepare: { ...steps.prepare, after: [] } } };
    return new TrainingPipeline(of.stack, 'Made', {
      ...of.platform(target),
      plan: plannedPipeline(unchecked),
      repository: ImageRepository.fromNames({ target, names }),
      registry: registryOf(of, target),
      roles: ModelRoles.fromNames({ target, names }),
      checks: {},
    });
  },
  ModelEvents: (of, target) =>
    new ModelEvents(of.stack, 'Made', { ...of.platform(target), alerts: alertsOf(of, target) }),
  Operations: (of, target) =>
    new Operations(of.stack, 'Made', { ...of.platform(target), alerts: alertsOf(of, target) }),
  ServingEndpoint: (of, target) =>
    new ServingEndpoint(of.stack, 'Made', {
      ...of.platform(target),
      serving: { gcp: { access: 'public' } },
      registry: registryOf(of, target),
      repository: ImageRepository.fromNames({ target, names }),
      alerts: alertsOf(of, target),
    }),
};

/** References that Terraform would read as text: `$${var.x}`, `$${google_kms_crypto_key.Key.id}`. */
const GARBAGE = /TfToken|\$\$\{(var|google_\w+)\.|-1\.88\d*e\+289|(?<!\{)(?<![\w.])google_kms_crypto_key\.Key/g;
const garbageIn = (stack: World['stack']): readonly string[] =>
  JSON.stringify(documentOf(stack))
    .replaceAll(/"depends_on":\[[^\]]*\]/g, '')
    .match(GARBAGE) ?? [];

describe('native values of Terraform', () => {
  test.each(Object.entries(MAKE))('as key and bucket of %s arrive', (_, make) => {
    const of = world();
    make(of, TARGET);
    expect(garbageIn(of.stack)).toEqual([]);
  });

  test.each(Object.entries(MAKE).filter(([name]) => name !== 'ServingEndpoint'))(
    'as project of %s arrive',
    (_, make) => {
      const of = world();
      make(of, { ...TARGET, project: of.variable('project') });
      expect(garbageIn(of.stack)).toEqual([]);
      expect(JSON.stringify(documentOf(of.stack))).toContain(`\${var.project}`);
    },
  );

  test('reach the defaults of a training as a reference', () => {
    const of = world();
    new TrainingCluster(of.stack, 'Made', of.platform(TARGET));
    const defaults = Object.values(resourcesOf(of.stack, 'google_storage_bucket_object')).find(({ name }) =>
      String(name).includes('defaults'),
    );
    expect(String(defaults?.content)).toContain(`"kmsKeyName":"\${google_kms_crypto_key.Key.id}"`);
  });

  test('give a template of nodes one name, however many tokens there were before', () => {
    const nameOf = (more: number) => {
      const of = world(more);
      new TrainingCluster(of.stack, 'Made', {
        ...of.platform(TARGET),
        cluster: { kind: 'batch', accelerator: { type: 't4' } },
      });
      return resourceOf(of.stack, 'google_compute_region_instance_template').name;
    };
    expect(nameOf(0)).toBe(nameOf(5));
  });

  test('give the document of a pipeline one name, however many tokens there were before', () => {
    const nameOf = (more: number) => {
      const of = world(more);
      MAKE.TrainingPipeline?.(of, { ...TARGET, project: of.variable('project') });
      return Object.values(resourcesOf(of.stack, 'google_storage_bucket_object'))
        .map(({ name }) => String(name))
        .filter((name) => name.startsWith('pipelines/'));
    };
    expect(nameOf(0)).toEqual([expect.stringMatching(/^pipelines\/detector\/documents\/[0-9a-f]{16}\.json$/)]);
    expect(nameOf(0)).toEqual(nameOf(5));
  });

  test('of a key can be granted', () => {
    const { stack, key } = world();
    const { grants } = Keys.fromIds({ data: key.id, artifacts: key.id, operations: key.id });
    grants.decrypt('data', granteeOf(stack, 'group:a@example.com'));
    expect(resourceOf(stack, 'google_kms_crypto_key_iam_member').crypto_key_id).toBe(
      `\${google_kms_crypto_key.Key.id}`,
    );
  });

  test.each([
    ['TrainingCluster (managed)', 'region'],
    ['TrainingPipeline', 'region'],
    ['ServingEndpoint', 'region'],
    ['ServingEndpoint', 'project'],
  ])('cannot be what %s computes with at once: its %s', (name, prop) => {
    const of = world();
    expect(() => MAKE[name]?.(of, { ...TARGET, [prop]: of.variable(prop) })).toThrow(
      `Test/Made: 'target.${prop}' is \${var.${prop}}, which Terraform alone will know.`,
    );
  });

  test('cannot be the number of a project', () => {
    const of = world();
    const projectNumber = new TerraformVariable(of.stack, 'number', { type: 'number' }).numberValue;
    expect(() => MAKE.DataLake?.(of, { ...TARGET, projectNumber })).toThrow(
      /target\.projectNumber is .*, which is no number of a project\. .* give the number itself/,
    );
  });
});
