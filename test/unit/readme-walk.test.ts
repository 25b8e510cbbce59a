import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Cloud, cloudsOf } from '../../lib/spec/clouds';
import { exampleSpec } from '../support/example-files';
import { synthPlatform } from '../support/examples';
import { synthGcpPlatform } from '../support/examples-gcp';

const ROOT = resolve(__dirname, '../..');
const EXAMPLE = 'examples/fraud-detection';
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const SPEC = exampleSpec({ title: 'walk', file: join(ROOT, EXAMPLE, 'platform.yaml'), environment: 'prod' });

/** Every shell block of the README, also of lists, without its indentation. */
const SHELL = [...README.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)].map(([, indent = '', code = '']) =>
  code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
);
const scriptOf = (cloud: Cloud): string => join(ROOT, EXAMPLE, `data/load-${cloud}.sh`);
const SCRIPTS = { aws: readFileSync(scriptOf('aws'), 'utf8'), gcp: readFileSync(scriptOf('gcp'), 'utf8') };

/** What the templates of a cloud say. */
const written: Readonly<Record<Cloud, () => string>> = {
  aws: () => JSON.stringify(synthPlatform(SPEC).templates),
  gcp: () => JSON.stringify(synthGcpPlatform(SPEC).stacks.map(({ json }) => json)),
};
const blocksOf = (cloud: Cloud): string =>
  SHELL.filter((code) => code.includes(cloud === 'aws' ? '.amazonaws.com/' : 'docker.pkg.dev/')).join('\n');

/** Runs a script with commands that only say how they were called. */
function calls(cloud: Cloud, answer: string): { readonly status: number | null; readonly called: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-walk-'));
  try {
    const log = join(folder, 'log');
    for (const command of ['aws', 'gcloud', 'bq', 'sleep']) {
      const told = `printf '%s ' ${command} "$@" >>'${log}'; echo >>'${log}'`;
      writeFileSync(join(folder, command), `#!/bin/sh\n${told}\n${command === 'aws' ? answer : ''}\n`);
      chmodSync(join(folder, command), 0o755);
    }
    const env = { PATH: `${folder}:/usr/bin:/bin` };
    const { status } = spawnSync('sh', [scriptOf(cloud), '.cache/rows'], { env });
    return { status, called: readFileSync(log, 'utf8').trim().split(/ *\n/) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ANSWER = 'case "$2" in start-query-execution) echo id ;; get-query-execution) echo SUCCEEDED ;; esac';

describe('what the README has one run', () => {
  it('is shell', () => {
    expect(SHELL.length).toBeGreaterThan(10);
    for (const code of [...SHELL, ...Object.values(SCRIPTS)])
      expect(spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' }).stderr, code).toBe('');
  });

  it('says which cloud is meant wherever the spec lives on both', () => {
    expect(cloudsOf(SPEC)).toHaveLength(2);
    const asked = SHELL.join('\n')
      .split('\n')
      .filter((line) => /^npx mlops \w+ examples\/fraud-detection/.test(line));
    expect(asked.length).toBeGreaterThan(3);
    for (const line of asked) expect(line).toMatch(/--cloud (aws|gcp)/);
  });

  it('names the spec to the CDK wherever it is asked', () => {
    const cdk = SHELL.join('\n')
      .split('\n')
      .filter((line) => line.includes('npx cdk '));
    expect(cdk.length).toBeGreaterThan(2);
    for (const line of cdk) expect(line).toMatch(/-c spec=\S+ -c environment=prod/);
    expect(README).not.toMatch(/`npx cdk deploy --all`/);
  });

  it.each(['aws', 'gcp'] as const)('names what there is on %s', (cloud) => {
    const there = written[cloud]();
    const named = `${blocksOf(cloud)}\n${SCRIPTS[cloud]}`.match(/\bfraud[-_]prod[-\w]*\w/g) ?? [];
    const made = [...new Set(named)];
    expect(made.length).toBeGreaterThan(2);
    for (const name of made) expect(there, name).toContain(name);
    expect(there).toContain('fraud-1.4.0');
  });

  it('appends the columns of the spec on AWS, in their order, and waits for each query', () => {
    const { status, called } = calls('aws', ANSWER);
    expect(status).toBe(0);
    const queries = called.flatMap((line) => /--query-string (.*) --query QueryExecutionId/.exec(line)?.[1] ?? []);
    expect(queries.map((query) => query.split(' (')[0]?.split(' SELECT')[0])).toEqual(
      ['chargebacks', 'transactions'].flatMap((table) => [
        `CREATE EXTERNAL TABLE fraud_prod_raw.generated_${table}`,
        `INSERT INTO fraud_prod_curated.${table}`,
        `DROP TABLE fraud_prod_raw.generated_${table}`,
      ]),
    );
    for (const table of ['chargebacks', 'transactions']) {
      const columns = Object.entries(SPEC.dataLake?.datasets[table]?.columns ?? {}).map((column) => column.join(' '));
      expect(queries.join('\n')).toContain(`generated_${table} (${columns.join(', ')}) STORED AS PARQUET`);
    }
    expect(called.filter((line) => line.includes('get-query-execution'))).toHaveLength(queries.length);
    expect(calls('aws', ANSWER.replace('SUCCEEDED', 'FAILED'))).toMatchObject({ status: 1 });
  });

  it('loads the tables on Google Cloud, the transactions last', () => {
    const { status, called } = calls('gcp', '');
    expect(status).toBe(0);
    expect(called.map((line) => line.replace(/ FROM FILES .*/, ''))).toEqual(
      ['chargebacks', 'transactions'].flatMap((table) => [
        `gcloud storage cp --recursive .cache/rows/${table} gs://fraud-prod-lake-raw-333333333333/files/generated/`,
        `bq --project_id=fraud-ml-prod --location=europe-west4 query --nouse_legacy_sql LOAD DATA INTO fraud_prod_curated.${table}`,
      ]),
    );
  });
});
