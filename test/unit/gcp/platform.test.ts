import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { PlatformStack } from '../../../lib/gcp/platform/platform-stack';
import { ALLOW_DATA_LOSS } from '../../../lib/gcp/removal';
import { loadPlatformSpec } from '../../../lib/plan/load';
import type { PlatformSpec } from '../../../lib/spec/platform';
import { exampleSpec } from '../../support/example-files';
import { GCP_EXAMPLES, synthGcpPlatform } from '../../support/examples-gcp';
import { UNSERVED, UNWATCHED } from '../../support/spec-changes';
import { resourceSchema } from '../../support/terraform-bindings';
import { differingStacks } from '../../support/terraform-compare';
import { resourcesOf } from '../../support/terraform-stacks';
import { statefulByStack } from '../../support/terraform-stateful';

const example = (title: string): PlatformSpec => {
  const found = GCP_EXAMPLES.find((one) => one.title === title);
  if (found === undefined) throw new Error(`there is no example ${title}`);
  return exampleSpec(found);
};

const spec = example('fraud-detection prod');
const { platform, stacks } = synthGcpPlatform(spec);

interface Written {
  readonly environments: { readonly prod: object };
}
const written = parse(
  readFileSync(join(__dirname, '../../../examples/fraud-detection/platform.yaml'), 'utf8'),
) as Written;

/** Production with other models. */
const withModels = (models: object): PlatformSpec =>
  loadPlatformSpec(
    { ...written, environments: { prod: { ...written.environments.prod, models } } },
    { environment: 'prod' },
  );

/**
 * What else changes: with the last pipeline that freezes anything the collection of snapshots goes, and it waits for months
 * more where steps may run for days longer.
 */
const ALSO: Partial<Readonly<Record<string, readonly string[]>>> = {
  'nothing makes it any more': ['fraud-prod-operations'],
  'a run may take longer': ['fraud-prod-operations'],
};

/** Changes of one model, and the stack that each is in. */
const OF_ONE_MODEL: Readonly<Record<string, readonly [models: object, model: string]>> = {
  'a model is added': [{ 'account-takeover': {} }, 'account-takeover'],
  'a model that serves is added': [{ 'account-takeover': { serving: { machine: 'medium' } } }, 'account-takeover'],
  'a model is removed': [{ 'merchant-risk': null }, 'merchant-risk'],
  'approval changes': [{ 'fraud-detector': { registry: { approval: 'automatic' } } }, 'fraud-detector'],
  'serving changes': [
    {
      'fraud-detector': {
        serving: {
          replicas: { min: 4, max: 12 },
          rollout: { strategy: 'linear', size: null, step: '50%', bake: '10 minutes', guards: ['errorRate'] },
          capture: null,
        },
        monitoring: { drift: null },
        ...UNWATCHED,
      },
    },
    'fraud-detector',
  ],
  'monitoring changes': [
    { 'fraud-detector': { monitoring: { latencyP95: '90 ms', noTraffic: 'off', memory: 'off' } } },
    'fraud-detector',
  ],
  'serving is removed': [{ 'fraud-detector': { serving: null, monitoring: null, ...UNSERVED } }, 'fraud-detector'],
  'nothing makes it any more': [
    { 'fraud-detector': { pipeline: null, monitoring: { drift: null } } },
    'fraud-detector',
  ],
  'a run may take somewhat longer': [
    { 'fraud-detector': { pipeline: { steps: { train: { maxRuntime: '8 hours' } } } } },
    'fraud-detector',
  ],
  'a run may take longer': [
    { 'fraud-detector': { pipeline: { steps: { train: { maxRuntime: '6 days' } } } } },
    'fraud-detector',
  ],
};

describe('MlopsPlatform', () => {
  it('cuts stacks by lifetime', () => {
    expect(stacks.map(({ name }) => name).sort()).toEqual([
      'fraud-prod-data',
      'fraud-prod-foundation',
      'fraud-prod-model-fraud-detector',
      'fraud-prod-model-merchant-risk',
      'fraud-prod-operations',
      'fraud-prod-registry',
      'fraud-prod-training',
    ]);
  });

  it('applies each after those that make what it uses', () => {
    const { foundation, data, training, registry, operations, models } = platform;
    const earlier = (stack: PlatformStack | undefined) => stack?.dependencies.map(({ node }) => node.id).sort();
    expect(earlier(foundation)).toEqual([]);
    expect(earlier(data)).toEqual(['fraud-prod-foundation']);
    expect(earlier(training)).toEqual(['fraud-prod-data', 'fraud-prod-foundation']);
    expect(earlier(registry)).toEqual(['fraud-prod-foundation']);
    expect(earlier(operations)).toEqual(['fraud-prod-foundation', 'fraud-prod-registry']);
    for (const model of Object.values(models))
      expect(earlier(model)).toEqual(['fraud-prod-data', 'fraud-prod-foundation', 'fraud-prod-registry']);
  });

  it('is only as much as the spec asks for', () => {
    const { platform: smallest } = synthGcpPlatform(example('minimal-google-cloud'));
    const { data, training, registry, operations, models } = smallest;
    expect([data, training, registry, operations, models]).toEqual([undefined, undefined, undefined, undefined, {}]);
  });

  it('synthesises the same bytes from the same spec', () => {
    expect(differingStacks(stacks, synthGcpPlatform(spec).stacks)).toEqual([]);
  });

  it.each(GCP_EXAMPLES)('shares nothing between the stacks of $title but names', (one) => {
    for (const { name, json } of synthGcpPlatform(exampleSpec(one)).stacks) {
      expect(Object.keys(json).sort(), name).toEqual(['//', 'provider', 'resource', 'terraform']);
      expect(JSON.stringify(json), name).not.toMatch(/\$\{(data|var|local|terraform_remote_state)\./);
    }
  });

  it('grants on repositories that a stack before makes, also where nothing trains', () => {
    const spec = loadPlatformSpec({
      name: 'churn',
      owner: 'a@example.com',
      gcp: { project: 'churn-ml', projectNumber: 123456789012, region: 'europe-west4' },
      models: { scorer: { serving: {} } },
    });
    const { stacks: few } = synthGcpPlatform(spec);
    const of = (type: string, key: string, among = few) =>
      among.flatMap(resourcesOf).flatMap((one) => (one.type === type ? [one.body[key]] : []));
    const granted = of('google_artifact_registry_repository_iam_member', 'repository');
    expect(granted).toHaveLength(1);
    expect(of('google_artifact_registry_repository', 'repository_id', few.slice(0, 1))).toEqual(granted);
  });

  it('keeps the state of each stack apart', () => {
    expect(stacks.map(({ json }) => json.terraform?.backend)).toEqual(
      stacks.map(({ name }) => ({ gcs: { bucket: 'fraud-ml-prod-state', prefix: `mlops/${name}` } })),
    );
    const dev = synthGcpPlatform(example('fraud-detection dev')).stacks;
    expect(dev.map(({ json }) => json.terraform?.backend)).toEqual(
      dev.map(({ name }) => ({ local: { path: `../../../terraform.${name}.tfstate` } })),
    );
    // A synthesis replaces the whole folder; the state is beside it.
    expect(resolve('/somewhere/cdktf.out/stacks/fraud-dev-data', '../../../terraform.fraud-dev-data.tfstate')).toBe(
      '/somewhere/terraform.fraud-dev-data.tfstate',
    );
  });

  describe.each(Object.entries(OF_ONE_MODEL))('when %s', (title, [models, model]) => {
    it('touches the stack of that model alone', () => {
      expect(differingStacks(stacks, synthGcpPlatform(withModels(models)).stacks)).toEqual([
        `fraud-prod-model-${model}`,
        ...(ALSO[title] ?? []),
      ]);
    });
  });

  it('keeps what retires models where none serves any more', () => {
    const nowhere = withModels({
      'fraud-detector': { serving: null, monitoring: null, ...UNSERVED },
      'merchant-risk': { serving: null },
    });
    expect(differingStacks(stacks, synthGcpPlatform(nowhere).stacks)).toEqual([
      'fraud-prod-model-fraud-detector',
      'fraud-prod-model-merchant-risk',
    ]);
  });

  it('labels all that can be labelled with platform, owner and environment', () => {
    const labels = {
      'mlops-platform': 'fraud-prod',
      'mlops-owner': 'risk-ml_example_com',
      'mlops-environment': 'prod',
    };
    for (const stack of stacks) {
      const { google } = (stack.json.provider ?? {}) as { google?: readonly { default_labels?: object }[] };
      expect(google?.[0]?.default_labels, stack.name).toMatchObject(labels);
      for (const { address, type, body } of resourcesOf(stack)) {
        const attributes = resourceSchema(type)?.attributes ?? {};
        const own = ['user_labels', 'labels'].find((name) => attributes[name] !== undefined);
        if (own !== undefined) expect(body[own], `${stack.name} ${address}`).toMatchObject(labels);
      }
    }
  });

  it('needs both keys to let data go', () => {
    const lets = (context: Readonly<Record<string, unknown>>, destroyData: boolean) =>
      synthGcpPlatform(spec, context, { destroyData }).stacks.flatMap(resourcesOf);
    const protectedIn = (resources: ReturnType<typeof lets>) =>
      resources.filter(({ body }) => (body.lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy);
    const emptied = (resources: ReturnType<typeof lets>) =>
      resources.filter(({ body }) => body.force_destroy === true || body.delete_contents_on_destroy === true);
    expect(() => lets({}, true)).toThrow(ALLOW_DATA_LOSS);
    const kept = [lets({}, false), lets({ [ALLOW_DATA_LOSS]: true }, false)];
    for (const resources of kept) {
      expect(emptied(resources)).toEqual([]);
      expect(protectedIn(resources).length).toBeGreaterThan(15);
    }
    const gone = lets({ [ALLOW_DATA_LOSS]: true }, true);
    expect(protectedIn(gone)).toEqual([]);
    const ofData = (resources: typeof gone) =>
      resources.filter(({ type }) => ['google_storage_bucket', 'google_bigquery_dataset'].includes(type)).length;
    expect(emptied(gone)).toHaveLength(ofData(gone));
  });
});

describe('Terraform addresses of what holds state', () => {
  it.each(['fraud-detection prod', 'fraud-detection staging', 'minimal-google-cloud'])('are pinned in %s', (title) => {
    expect(statefulByStack(synthGcpPlatform(example(title)).stacks)).toMatchSnapshot();
  });
});
