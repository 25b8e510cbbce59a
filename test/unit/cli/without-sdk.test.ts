import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../../package.json';

// Outside the package, beside the packages that a user has who did not install what speaks to a cloud.
const home = mkdtempSync(join(tmpdir(), 'cli-without-'));

const CLOUDS = {
  aws: {
    where: '{ region: eu-central-1 }',
    missing:
      'This needs the AWS SDK, which is not installed. Run: npm install @aws-sdk/client-cloudformation @aws-sdk/client-sfn @aws-sdk/client-ssm',
  },
  gcp: {
    where: '{ project: fraud-prod, projectNumber: 123456789012, region: europe-west4 }',
    missing: "This needs Google's client library, which is not installed. Run: npm install google-auth-library",
  },
} as const;

beforeAll(() => {
  const args = ['-p', 'tsconfig.build.json', '--noCheck', '--declaration', 'false', '--outDir', join(home, 'lib')];
  execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), ...args]);
  mkdirSync(join(home, 'node_modules'));
  for (const name of Object.keys(manifest.dependencies))
    symlinkSync(resolve('node_modules', name), join(home, 'node_modules', name));
  writeFileSync(join(home, 'package.json'), JSON.stringify({ version: '0.0.0', type: 'commonjs' }));
  for (const [cloud, { where }] of Object.entries(CLOUDS))
    writeFileSync(join(home, `${cloud}.yaml`), `name: fraud\nowner: a@example.com\n${cloud}: ${where}\n`);
  writeFileSync(
    join(home, 'bin.js'),
    `require('./lib/cli/main.js').main(process.argv.slice(2)).then((code) => { process.exitCode = code; });`,
  );
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const COMMANDS = [
  ['promote', ['--model', 'm', '--version', '1']],
  ['rollback', ['--model', 'm']],
  ['destroy', []],
] as const;

test.each(
  (['aws', 'gcp'] as const).flatMap((cloud) =>
    COMMANDS.map(([command, options]) => [command, cloud, options] as const),
  ),
)('%s says what to install where what speaks to %s is missing', (command, cloud, options) => {
  const args = [join(home, 'bin.js'), command, join(home, `${cloud}.yaml`), ...options, '--cloud', cloud, '--yes'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: `${CLOUDS[cloud].missing}\n` });
});
