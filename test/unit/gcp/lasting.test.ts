import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { describe, expect, it } from 'vitest';
import { LastingFacts, lastingResources } from '../../../lib/gcp/lasting';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { exampleSpec } from '../../support/example-files';
import { GCP_EXAMPLES, synthGcpPlatform } from '../../support/examples-gcp';
import { gcpStack, resourcesOf as resourcesIn } from '../../support/gcp-synth';
import { resourcesOf, type TerraformStack } from '../../support/terraform-stacks';

/** Addresses that the stack remembers, those of columns aside. */
const remembered = (stack: TerraformStack): readonly string[] =>
  resourcesOf(stack)
    .filter(({ address }) => /Lasting/.test(address))
    .flatMap(({ body }) => Object.keys(body.for_each ?? {}))
    .sort();

const protectedIn = (stack: TerraformStack): readonly string[] =>
  resourcesOf(stack)
    .filter(({ type, body }) => type !== 'terraform_data' && body.lifecycle !== undefined)
    .filter(({ body }) => (body.lifecycle as { prevent_destroy?: boolean }).prevent_destroy)
    .map(({ address }) => address)
    .sort();

describe('what is remembered', () => {
  const made = (context: object, destroyData: boolean) => {
    const stack = gcpStack({ context: { ...context } });
    lastingResources(stack, { destroyData });
    new LastingFacts(stack, 'Facts', { facts: () => [`a fact with \${braces}`] });
    const bucket = { location: 'EU', lifecycle: { preventDestroy: !destroyData } };
    new StorageBucket(stack, 'Kept', { ...bucket, name: 'kept' });
    new StorageBucket(stack, 'Free', { name: 'free', location: 'EU' });
    return resourcesIn(stack, 'terraform_data');
  };

  it('is what is protected, also what is made later, and never a text that Terraform would fill in', () => {
    const { Lasting, Facts } = made({}, false);
    expect(Object.keys(Lasting?.for_each ?? {})).toEqual(['google_storage_bucket.Kept']);
    expect(Object.keys(Facts?.for_each ?? {})).toEqual([`a fact with $\${braces}`]);
    expect([Lasting?.lifecycle, Facts?.lifecycle]).toEqual([{ prevent_destroy: true }, { prevent_destroy: true }]);
  });

  it('may go once both keys are turned, and not by one alone', () => {
    expect(() => made({}, true)).toThrow('mlops:allowDataLoss');
    expect(made({ 'mlops:allowDataLoss': true }, true).Lasting).toMatchObject({
      for_each: { 'google_storage_bucket.Kept': true },
      lifecycle: { prevent_destroy: false },
    });
  });
});

describe('a platform', () => {
  it.each(GCP_EXAMPLES.map((example) => [example.title, example] as const))(
    'remembers all that is protected in %s',
    (_, example) => {
      for (const stack of synthGcpPlatform(exampleSpec(example)).stacks)
        expect(remembered(stack), stack.name).toEqual(protectedIn(stack));
    },
  );

  const NETWORK = { mode: 'existing', gcp: { network: 'main', subnetwork: 'ml' } };
  const stackOf = (part: string, choices: { readonly network?: object; readonly serving?: object | null } = {}) => {
    const { network = { mode: 'isolated' }, serving = { capture: {} } } = choices;
    const spec = loadPlatformSpec({
      name: 'churn',
      owner: 'ml@example.com',
      gcp: { project: 'churn-prod', projectNumber: 123456789012, region: 'europe-west4' },
      network,
      models: { churn: serving === null ? {} : { serving } },
    });
    const found = synthGcpPlatform(spec).stacks.find(({ name }) => name === `churn-${part}`);
    if (found === undefined) throw new Error(`no stack ${part}`);
    return found;
  };

  it.each([
    [
      'its network, when somebody else is to run it',
      'foundation',
      { network: NETWORK },
      ['google_compute_global_address.Network_GoogleApis_Address', 'google_compute_subnetwork.Network_Subnetwork'],
    ],
    [
      'what a model was asked, when nothing is captured any more',
      'model-churn',
      { serving: {} },
      ['google_bigquery_dataset.Serving_Captures_Dataset'],
    ],
    [
      'what a model was asked, when it serves no longer',
      'model-churn',
      { serving: null },
      ['google_bigquery_dataset.Serving_Captures_Dataset'],
    ],
  ])('loses %s, only against what it remembers', (_, part, choices, lost) => {
    const [before, after] = [stackOf(part), stackOf(part, choices)];
    const gone = remembered(before).filter((address) => !remembered(after).includes(address));
    expect(gone.map((address) => address.replace(/_[0-9A-F]{8}$/, ''))).toEqual(lost);
    const memory = resourcesOf(after).find(({ address }) => address === 'terraform_data.Lasting');
    expect(memory?.body.lifecycle).toEqual({ prevent_destroy: true });
  });
});
