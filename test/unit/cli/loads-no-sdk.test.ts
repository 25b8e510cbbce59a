import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// Built here and not taken from dist, which may be older than the code. Inside the package, so that it finds its dependencies.
const cache = resolve('.cache');
mkdirSync(cache, { recursive: true });
const home = mkdtempSync(join(cache, 'cli-'));
const bin = join(home, 'bin.js');

beforeAll(() => {
  const tsc = resolve('node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [
    tsc,
    '-p',
    'tsconfig.build.json',
    '--noCheck',
    '--declaration',
    'false',
    '--outDir',
    join(home, 'lib'),
  ]);
  // Programs that run inside a platform, as the build copies them.
  cpSync(resolve('lib/jobs'), join(home, 'lib/jobs'), { recursive: true });
  // What the package's version is read from.
  writeFileSync(join(home, 'package.json'), JSON.stringify({ version: '0.0.0', type: 'commonjs' }));
  writeFileSync(
    bin,
    `const { main } = require('./lib/cli/main.js');
     main(process.argv.slice(2)).then((code) => {
       process.exitCode = code;
       require('node:fs').writeFileSync(process.env.LOADED, JSON.stringify(Object.keys(require.cache)));
     });`,
  );
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs the command in a process of its own and lists the modules that it loaded, and the packages they are of. */
function packagesLoadedBy(...args: readonly string[]) {
  const loaded = join(home, 'loaded.json');
  const env = { ...process.env, NO_COLOR: '1', LOADED: loaded };
  const { status, stdout } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', env });
  const modules = JSON.parse(readFileSync(loaded, 'utf8')) as readonly string[];
  return { status, stdout, modules, packages: new Set(modules.flatMap(packageOf)) };
}

const packageOf = (path: string): readonly string[] =>
  /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.slice(1, 2) ?? [];

/** Packages that an entry of the package loads, in a process of its own. */
function packagesOf(entry: string): ReadonlySet<string> {
  const code = `require(${JSON.stringify(join(home, 'lib', entry))}); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const { stdout } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  return new Set((JSON.parse(stdout) as readonly string[]).flatMap(packageOf));
}

const SDK = /^(aws-cdk-lib|constructs|cdktf|@cdktf\/.*|@aws-sdk\/.*|@google-cloud\/.*|google-auth-library)$/;

describe('loads no cloud SDK', () => {
  test('to validate', () => {
    const { status, stdout, packages } = packagesLoadedBy('validate', 'examples/fraud-detection/platform.yaml');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('✓ fraud in prod') as string });
    expect([...packages]).toEqual(expect.arrayContaining(['zod', 'yaml', 'commander']));
    expect([...packages].filter((name) => SDK.test(name))).toEqual([]);
  });

  test('nor even what reads specs, to give its version', () => {
    expect([...packagesLoadedBy('--version').packages].sort()).toEqual(['commander', 'picocolors']);
  });

  test('but one to synthesise, which shows that it would be noticed', () => {
    const out = join(home, 'out');
    const { packages } = packagesLoadedBy('synth', 'examples/minimal/platform.yaml', '--cloud', 'aws', '--out', out);
    expect([...packages]).toEqual(expect.arrayContaining(['aws-cdk-lib', 'constructs']));
  });

  test('and another one, and no terraform, to synthesise for Google Cloud', () => {
    const spec = ['examples/fraud-detection/platform.yaml', '--environment', 'prod'];
    const args = [bin, 'synth', ...spec, '--cloud', 'gcp', '--out', join(home, 'gcp')];
    const env = { ...process.env, NO_COLOR: '1', PATH: home, LOADED: join(home, 'loaded.json') };
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const modules = JSON.parse(readFileSync(join(home, 'loaded.json'), 'utf8')) as readonly string[];
    expect(new Set(modules.flatMap(packageOf))).toContain('cdktf');
    expect(modules.filter((path) => /@cdktf\/provider-google\/lib\/index\.js$/.test(path))).toEqual([]);
  });

  test('nor to synthesise the facts of every region, which it has no use for', () => {
    const spec = ['examples/fraud-detection/platform.yaml', '--environment', 'prod'];
    const { status, modules } = packagesLoadedBy('synth', ...spec, '--cloud', 'aws', '--out', join(home, 'prod'));
    expect(status).toBe(0);
    expect(modules.filter((path) => path.includes('aws-cdk-lib/region-info/lib/'))).toEqual([]);
  });
});

describe('loads nothing of the other cloud', () => {
  test.each([
    ['aws/index.js', 'aws-cdk-lib', /cdktf|google/],
    ['gcp/index.js', 'cdktf', /aws/],
  ])('%s', (entry, own, other) => {
    const packages = [...packagesOf(entry)];
    expect(packages).toContain(own);
    expect(packages.filter((name) => other.test(name))).toEqual([]);
  });

  test('and the entry of the package nothing of any', () => {
    expect([...packagesOf('index.js')].filter((name) => SDK.test(name))).toEqual([]);
  });
});
