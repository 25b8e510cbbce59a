import { App, Aws, Fn, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { MAX_POLICY_CHARACTERS, policySize } from '../../../lib/aws/access/policy-size';
import { Workload } from '../../../lib/aws/access/workload';
import { DataLake } from '../../../lib/aws/data-lake/data-lake';
import { MlopsPlatform } from '../../../lib/aws/platform/mlops-platform';
import { loadPlatformSpec } from '../../../lib/plan/load';
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

const DATASET = { columns: { id: 'string', ts: 'timestamp' } };

const datasets = (count: number, zones: readonly string[]) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `transactions_of_source_${i}`,
      { ...DATASET, zone: zones[i % zones.length] ?? '' },
    ]),
  );

const sizes = (app: App): Readonly<Record<string, number>> =>
  Object.fromEntries(
    app.node
      .findAll()
      .filter((construct) => construct instanceof Workload)
      .map((one) => [one.node.path, policySize(one.policy)]),
  );

function platform(dataLake: object, reads: readonly string[] = []) {
  const app = new App();
  const spec = loadPlatformSpec({
    name: 'fraud',
    owner: 'a@example.com',
    aws: { account: '111111111111', region: 'eu-central-1' },
    dataLake,
    training: { cluster: { kind: 'managed' }, reads },
  });
  new MlopsPlatform(app, 'Platform', { spec });
  return app;
}

describe('policies of a lake', () => {
  const zones = { raw: {}, refined: {}, curated: {} };
  const names = Object.keys(zones);

  test('have room for a hundred datasets in three zones, in a platform and alone', () => {
    expect(() => platform({ zones, datasets: datasets(100, names) }).synth()).not.toThrow();
    const stack = new Stack(new App(), 'Alone');
    new DataLake(stack, 'Lake', { zones, datasets: datasets(100, names) });
    expect(() => App.of(stack)?.synth()).not.toThrow();
  });

  test('are as large with a hundred datasets as with three', () => {
    expect(sizes(platform({ zones, datasets: datasets(100, names) }))).toEqual(
      sizes(platform({ zones, datasets: datasets(3, names) })),
    );
  });

  test('name zones with datasets only', () => {
    const one = sizes(platform({ zones: { curated: {} }, datasets: datasets(3, ['curated']) }));
    expect(sizes(platform({ zones, datasets: datasets(3, ['curated']) }))).toEqual(one);
  });

  test('of a training that reads too much fail the synthesis, and say what to do', () => {
    const all = datasets(100, names);
    const app = platform({ zones, datasets: all }, Object.keys(all));
    expect(() => app.synth()).toThrow(
      /The policy of the workload 'training' takes about \d{5} characters, and IAM allows 6144 in one\. Of its \d+ permissions 100 are 'read' on a dataset: name fewer of these/,
    );
  });
});
