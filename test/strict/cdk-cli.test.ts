import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(__dirname, '../..');
let dist: string;

beforeAll(() => {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  dist = mkdtempSync(join(ROOT, '.cache/app-'));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const built = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', dist], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(built.stdout).toBe('');
  // Programs that run inside a platform, as the build copies them.
  cpSync(join(ROOT, 'lib/jobs'), join(dist, 'jobs'), { recursive: true });
});
afterAll(() => rmSync(dist, { recursive: true, force: true }));

/** The CDK CLI with the app of cdk.json, built from today's sources. */
function cdk(...args: string[]) {
  const out = mkdtempSync(join(tmpdir(), 'mlops-cdk-'));
  try {
    const { app } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
    const command = app.replace('dist/', `${dist}/`);
    expect(command).not.toBe(app);
    const cli = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
    return spawnSync(process.execPath, [cli, ...args, '--app', command, '--output', out], {
      cwd: ROOT,
      encoding: 'utf8',
    });
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

describe('the app of cdk.json', () => {
  it('synthesises the spec and environment of the context', () => {
    const { stdout, status } = cdk('ls', '-c', 'spec=examples/fraud-detection/platform.yaml', '-c', 'environment=dev');
    expect(status).toBe(0);
    expect(stdout).toContain('fraud-dev-foundation');
    expect(stdout).toContain('fraud-dev-model-merchant-risk');
  });

  it('says what is missing', () => {
    const { stderr, status } = cdk('ls');
    expect(status).not.toBe(0);
    expect(stderr).toContain('-c spec=platform.yaml');
  });
});
