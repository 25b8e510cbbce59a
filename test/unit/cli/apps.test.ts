import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

// Built here and not taken from dist, which may be older than the code. Inside the package, so that it finds its dependencies.
const cache = resolve('.cache');
mkdirSync(cache, { recursive: true });
const home = mkdtempSync(join(cache, 'apps-'));
const out = join(home, 'out');
const wrong = join(home, 'wrong.yaml');

beforeAll(() => {
  const args = ['-p', 'tsconfig.build.json', '--noCheck', '--declaration', 'false', '--outDir', join(home, 'lib')];
  execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), ...args]);
  writeFileSync(join(home, 'package.json'), JSON.stringify({ version: '0.0.0', type: 'commonjs' }));
  writeFileSync(wrong, 'name: churn\nowner: me\n');
}, 120_000);
beforeEach(() => rmSync(out, { recursive: true, force: true }));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const VARIABLES = {
  aws: { context: 'CDK_CONTEXT_JSON', outdir: 'CDK_OUTDIR', spec: 'examples/minimal/platform.yaml' },
  gcp: { context: 'CDKTF_CONTEXT_JSON', outdir: 'CDKTF_OUTDIR', spec: 'examples/minimal-google-cloud/platform.yaml' },
} as const;

/** Runs an app as the CLI of its cloud does, which hands the context and the folder over in variables. */
function app(cloud: 'aws' | 'gcp', context: Readonly<Record<string, unknown>> = {}) {
  const { context: contextIn, outdir, spec } = VARIABLES[cloud];
  const { status, stderr } = spawnSync(process.execPath, [join(home, 'lib', cloud, 'app/main.js')], {
    encoding: 'utf8',
    env: { ...process.env, [contextIn]: JSON.stringify({ spec, ...context }), [outdir]: out },
  });
  return { status, stderr };
}

const written = (): string =>
  readdirSync(out, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.template\.json$|cdk\.tf\.json$/.test(name))
    .map((name) => readFileSync(join(out, name), 'utf8'))
    .join('\n');

const KEYS = { 'mlops:destroyData': true, 'mlops:allowDataLoss': 'true' };
const FINE = { status: 0, stderr: '' };

describe('the context of the app', () => {
  test('turns both keys to data on AWS', () => {
    expect(app('aws')).toEqual(FINE);
    expect(written()).not.toContain('"DeletionPolicy": "Delete"');
    expect(app('aws', KEYS)).toEqual(FINE);
    expect(written()).toContain('"DeletionPolicy": "Delete"');
  });

  test('and on Google Cloud', () => {
    expect(app('gcp')).toEqual(FINE);
    expect(written()).toContain('"prevent_destroy": true');
    expect(app('gcp', KEYS)).toEqual(FINE);
    expect(written()).not.toContain('"prevent_destroy": true');
  });

  test.each(['aws', 'gcp'] as const)('turns none alone, %s', (cloud) => {
    const { status, stderr } = app(cloud, { 'mlops:destroyData': 'true' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^Platform\/.*: destroyData is true, but the app does not allow data loss\./);
  });

  test.each(['aws', 'gcp'] as const)('has only flags that the app has, %s', (cloud) => {
    const { status, stderr } = app(cloud, { 'mlops:destroyDate': true });
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^The context mlops:destroyDate is none that this app has\. .* Did you mean mlops:destroyData\?$/m,
    );
  });
});

describe('the app of Google Cloud', () => {
  test.each<[string, Readonly<Record<string, unknown>>, number]>([
    ['the spec is wrong', { spec: wrong }, 1],
    ['there is no spec', { spec: '' }, 2],
    ['data may not be destroyed', { 'mlops:destroyData': true }, 2],
  ])('leaves no folder behind where %s', (_, context, status) => {
    expect(app('gcp', context).status).toBe(status);
    expect(existsSync(out)).toBe(false);
  });

  test('nor takes away what was there before', () => {
    mkdirSync(out);
    writeFileSync(join(out, 'thesis.txt'), 'years of work');
    expect(app('gcp', { 'mlops:destroyData': true }).status).toBe(2);
    expect(readdirSync(out)).toContain('thesis.txt');
  });
});
