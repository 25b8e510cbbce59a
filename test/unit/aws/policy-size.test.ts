import { App, Aws, Fn, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { deployedSize, MAX_POLICY_CHARACTERS, policySize } from '../../../lib/aws/access/policy-size';
import { Workload } from '../../../lib/aws/access/workload';
import { DataLake } from '../../../lib/aws/data-lake/data-lake';
import { MlopsPlatform } from '../../../lib/aws/platform/mlops-platform';
import type { PlatformSpec } from '../../../lib/spec/platform';
import { synthPlatform } from '../../support/examples';
import { datasets, lakeSpec, readsAll } from '../../support/many-datasets';
import { nagFindings } from '../../support/nag';
import { testStack } from '../../support/synth';

/** A workload with one statement, in a stack of a region or of none. */
function workload(resources: readonly string[], region?: string) {
  const stack = testStack(region === undefined ? {} : { env: { region } });
  const made = new Workload(stack, 'Job', {
    assumedBy: new iam.ServicePrincipal('glue.amazonaws.com'),
    access: [],
    grantors: {},
  });
  made.addStatement(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [...resources] }));
  return { stack, made, size: () => policySize(made.policy) };
}

const AROUND = '{"Statement":[{"Action":"s3:GetObject","Effect":"Allow","Resource":""}],"Version":"2012-10-17"}'.length;

describe('the size of a policy', () => {
  test('is that of its JSON without white space', () => {
    expect(workload(['arn:aws:s3:::bucket/*']).size()).toBe(AROUND + 'arn:aws:s3:::bucket/*'.length);
  });

  test('counts what only the deployment knows with a usual length', () => {
    const arn = `arn:${Aws.PARTITION}:glue:${Aws.REGION}:${Aws.ACCOUNT_ID}:catalog`;
    expect(workload([arn]).size()).toBe(AROUND + 'arn:aws:glue:ap-southeast-2:111111111111:catalog'.length);
    expect(workload([arn], 'eu-west-1').size()).toBe(AROUND + 'arn:aws:glue:eu-west-1:111111111111:catalog'.length);
    expect(workload([`${Fn.ref('Other')}/*`]).size()).toBe(AROUND + 100 + '/*'.length);
    expect(workload([Fn.getAtt('Other', 'Arn').toString()]).size()).toBe(AROUND + 100);
    expect(workload([`arn:aws:s3:::${Fn.ref('Other')}`]).size()).toBe(AROUND + 'arn:aws:s3:::'.length + 64);
    expect(workload([`arn:${Aws.PARTITION}:s3:::b`], 'us-gov-west-1').size()).toBe(
      AROUND + 'arn:aws-us-gov:s3:::b'.length,
    );
    expect(workload([Fn.select(0, Fn.split(',', Fn.ref('Other')))]).size()).toBe(AROUND + 100);
  });

  test.each([
    [0, true],
    [1, false],
  ])('may be what IAM takes: %i more than that is %s', (more, fine) => {
    const { stack } = workload([`arn:aws:s3:::${'x'.repeat(MAX_POLICY_CHARACTERS - AROUND - 13 + more)}`]);
    const synth = () => App.of(stack)?.synth();
    if (fine) expect(synth).not.toThrow();
    else
      expect(synth).toThrow(
        /\[Test\/Job\] The policy of the workload 'Job' takes about 6145 characters, and IAM allows 6144/,
      );
  });
});

const sizes = (app: App): Readonly<Record<string, number>> =>
  Object.fromEntries(
    app.node
      .findAll()
      .filter((construct) => construct instanceof Workload)
      .map((one) => [one.node.path, policySize(one.policy)]),
  );

function platform(spec: PlatformSpec) {
  const app = new App();
  new MlopsPlatform(app, 'Platform', { spec });
  return app;
}

describe('policies of a lake', () => {
  const zones = { raw: {}, refined: {}, curated: {} };
  const names = Object.keys(zones);

  test('have room for a hundred datasets in three zones, in a platform and alone', () => {
    expect(() => platform(lakeSpec({ zones, datasets: datasets(100, names) })).synth()).not.toThrow();
    const stack = new Stack(new App(), 'Alone');
    new DataLake(stack, 'Lake', { zones, datasets: datasets(100, names) });
    expect(() => App.of(stack)?.synth()).not.toThrow();
  });

  test('are as large with a hundred datasets as with three', () => {
    expect(sizes(platform(lakeSpec({ zones, datasets: datasets(100, names) })))).toEqual(
      sizes(platform(lakeSpec({ zones, datasets: datasets(3, names) }))),
    );
  });

  test('name zones with datasets only', () => {
    const one = sizes(platform(lakeSpec({ zones: { curated: {} }, datasets: datasets(3, ['curated']) })));
    expect(sizes(platform(lakeSpec({ zones, datasets: datasets(3, ['curated']) })))).toEqual(one);
  });

  test('have room for twenty zones with tables', () => {
    const many = Array.from({ length: 20 }, (_, i) => `zone${i}`);
    const spec = lakeSpec({
      zones: Object.fromEntries(many.map((zone) => [zone, {}])),
      datasets: datasets(20, many),
    });
    expect(() => platform(spec).synth()).not.toThrow();
  });

  test('of a training that reads too much fail the synthesis, and say what to do', () => {
    expect(() => platform(readsAll(400, names)).synth()).toThrow(
      /The workload 'training' takes \d{2} policies of 6144 characters, and IAM allows a role 10\. Of its \d+ permissions 400 are 'read' on a dataset: name fewer of these/,
    );
  });
});

describe('a training that reads thirty datasets', () => {
  const synthesised = synthPlatform(readsAll(30, ['raw', 'curated']));
  const { training } = synthesised.platform;
  if (training === undefined) throw new Error('nothing trains');
  const { Resources } = synthesised.templates.find(({ name }) => name === training.stackName)?.template ?? {};
  const of = (type: string) => Object.entries(Resources ?? {}).filter(([, { Type }]) => Type === type);
  const policies = of('AWS::IAM::ManagedPolicy');

  test('has as many policies as that takes, each as large as IAM takes', () => {
    expect(policies.length).toBeGreaterThan(1);
    for (const [id, { Properties }] of policies)
      expect(deployedSize(training, Properties?.PolicyDocument), id).toBeLessThanOrEqual(MAX_POLICY_CHARACTERS);
  });

  test('has them all on its one role, which therefore waits for them', () => {
    expect(of('AWS::IAM::Role').map(([, { Properties }]) => Properties?.ManagedPolicyArns)).toEqual([
      policies.map(([id]) => ({ Ref: id })),
    ]);
  });

  test('has no finding of the policy packs', () => {
    expect(nagFindings(synthesised.app)).toEqual([]);
  });
});
