import { describe, expect, it } from 'vitest';
import { loadPlatformSpec } from '../../../lib/plan/load';
import { EXAMPLE_CASES, exampleSpec, synthPlatform } from '../../support/examples';
import { SPEC_CHANGES } from '../../support/spec-changes';

const prod = EXAMPLE_CASES.find(({ title }) => title === 'fraud-detection prod');
if (prod === undefined) throw new Error('the example is gone');
const spec = exampleSpec(prod);

const texts = (of = spec) =>
  new Map(synthPlatform(of).templates.map(({ name, template }) => [name, JSON.stringify(template)]));

describe('MlopsPlatform', () => {
  it('cuts stacks by lifetime', () => {
    expect([...texts().keys()].sort()).toEqual([
      'fraud-prod-data',
      'fraud-prod-foundation',
      'fraud-prod-model-fraud-detector',
      'fraud-prod-model-merchant-risk',
      'fraud-prod-operations',
      'fraud-prod-training',
    ]);
  });

  it('synthesises the same bytes from the same spec', () => {
    expect(texts()).toEqual(texts());
  });

  it.each(EXAMPLE_CASES)('shares no export, import or output between the stacks of $title', (example) => {
    for (const { name, template } of synthPlatform(exampleSpec(example)).templates) {
      const text = JSON.stringify(template);
      expect(text, name).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput/);
      expect(template, name).not.toHaveProperty('Outputs');
    }
  });

  it('touches only the stack of a model that changes', () => {
    const before = texts();
    const ofOneModel = [
      'model changed',
      'model added',
      'model that serves added',
      'model removed',
      'serving changed',
      'monitoring changed',
      'serving removed',
      'pipeline removed',
    ] as const;
    // With the last pipeline that freezes anything the collection of snapshots goes.
    const also: Partial<Record<string, readonly string[]>> = { 'pipeline removed': ['fraud-prod-operations'] };
    for (const change of ofOneModel) {
      const after = texts(loadPlatformSpec(SPEC_CHANGES[change], { environment: 'prod' }));
      const touched = [...new Set([...before.keys(), ...after.keys()])].filter(
        (name) => before.get(name) !== after.get(name),
      );
      const ofModels = touched.filter((name) => name.startsWith('fraud-prod-model-'));
      expect(ofModels, change).toHaveLength(1);
      expect(
        touched.filter((name) => !ofModels.includes(name)),
        change,
      ).toEqual(also[change] ?? []);
    }
  });

  it('keeps what retires models where none serves any more', () => {
    const before = texts();
    const after = texts(loadPlatformSpec(SPEC_CHANGES['all serving removed'], { environment: 'prod' }));
    expect([...before.keys()].filter((name) => before.get(name) !== after.get(name))).toEqual([
      'fraud-prod-model-fraud-detector',
      'fraud-prod-model-merchant-risk',
    ]);
  });

  it('reads published values only under names that the foundation publishes', () => {
    const { templates } = synthPlatform(spec);
    const foundation = templates.find(({ name }) => name.endsWith('-foundation'))?.template;
    const published = Object.values(foundation?.Resources ?? {})
      .filter(({ Type }) => Type === 'AWS::SSM::Parameter')
      .map(({ Properties }) => Properties?.Name);
    const read = templates.flatMap(({ template }) =>
      Object.values(template.Parameters ?? {})
        .filter(({ Type }) => String(Type).startsWith('AWS::SSM::'))
        .map(({ Default }) => String(Default))
        .filter((name) => !name.startsWith('/cdk-bootstrap/')),
    );
    expect(read.length).toBeGreaterThan(5);
    for (const name of read) expect(published).toContain(name);
  });

  it('tags what can be tagged with platform, owner and environment', () => {
    for (const { template } of synthPlatform(spec).templates)
      for (const [id, { Type, Properties }] of Object.entries(template.Resources))
        if (Type === 'AWS::S3::Bucket' || Type === 'AWS::KMS::Key' || Type === 'AWS::IAM::Role')
          expect(Properties?.Tags, id).toEqual(
            expect.arrayContaining([
              { Key: 'mlops-environment', Value: 'prod' },
              { Key: 'mlops-owner', Value: 'risk-ml@example.com' },
              { Key: 'mlops-platform', Value: 'fraud-prod' },
            ]),
          );
  });

  it('protects the stacks that hold data from deletion', () => {
    const { foundation, data } = synthPlatform(spec).platform;
    expect(foundation.terminationProtection).toBe(true);
    expect(data?.terminationProtection).toBe(true);
  });

  it('needs both keys to let data go', () => {
    const synth = (context: Readonly<Record<string, unknown>>) => synthPlatform(spec, context, { destroyData: true });
    expect(() => synth({})).toThrow(/mlops:allowDataLoss/);
    const { platform, templates } = synth({ 'mlops:allowDataLoss': true });
    expect(platform.data?.terminationProtection).toBe(false);
    const policies = (of: typeof templates) =>
      of
        .flatMap(({ template }) => Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::S3::Bucket'))
        .map(({ DeletionPolicy }) => DeletionPolicy);
    expect(new Set(policies(templates))).toEqual(new Set(['Delete']));
    expect(new Set(policies(synthPlatform(spec).templates))).toEqual(new Set(['Retain']));
  });
});
