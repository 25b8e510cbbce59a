import { App } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { MlopsPlatform } from '../../../lib/aws/platform/mlops-platform';
import { loadEveryEnvironment, loadPlatformSpec } from '../../../lib/plan/load';
import { problemsOf } from '../../support/problems';

const columns = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`column_${String(i).padStart(4, '0')}`, 'string']));

const platform = (count: number) => ({
  name: 'f'.repeat(24),
  owner: 'a@example.com',
  aws: { account: '111111111111', region: 'ap-southeast-2' },
  dataLake: {
    zones: { ['z'.repeat(20)]: {} },
    datasets: { wide: { zone: 'z'.repeat(20), columns: columns(count), partitionBy: ['column_0000'] } },
  },
});

const takes = (count: number): boolean => {
  try {
    loadPlatformSpec(platform(count));
    return true;
  } catch {
    return false;
  }
};

describe('the columns of a dataset', () => {
  const most = [...Array(600).keys()].slice(1).findLast(takes) ?? 0;

  test('are as many as fit, and what is taken here is taken at synthesis', () => {
    expect(most).toBeGreaterThan(350);
    const app = new App();
    new MlopsPlatform(app, 'Platform', { spec: loadPlatformSpec(platform(most)) });
    expect(() => app.synth()).not.toThrow();
  });

  test('that do not fit are a problem of the spec, with its place and a way out', () => {
    expect(problemsOf(() => loadPlatformSpec(platform(most + 1)))).toMatchObject([
      {
        path: 'dataLake.datasets.wide.columns',
        message: expect.stringMatching(/^take up to 8\d{3} bytes to describe/),
        received: `${most + 1} columns`,
        allowed: 'up to 8192 bytes',
        fix: 'take columns away, shorten their names, or divide the dataset',
      },
    ]);
  });

  test('are counted with the longest names of a database and a bucket that there may be', () => {
    const list = Object.keys(columns(most + 1)).map((name) => `"${name} string"`);
    const place = `"database":"${'d'.repeat(128)}","table":"wide","location":"s3://${'b'.repeat(63)}/tables/wide/"`;
    const rest = '"partitionBy":["column_0000"],"snapshots":{"keep":5,"days":5}';
    const bytes = `{"version":1,${place},"columns":[${list}],${rest}}`.length;
    expect(problemsOf(() => loadPlatformSpec(platform(most + 1)))[0]?.message).toContain(`up to ${bytes} bytes`);
  });

  test('are one problem for all environments', () => {
    const environments = { dev: {}, staging: {}, prod: { name: 'other' } };
    expect(problemsOf(() => loadEveryEnvironment({ ...platform(most + 1), environments }))).toHaveLength(1);
  });
});
