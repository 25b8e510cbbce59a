import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../../package.json';

// Outside the package, beside the packages that a user has who did not install the AWS SDK.
const home = mkdtempSync(join(tmpdir(), 'cli-without-'));

beforeAll(() => {
  const args = ['-p', 'tsconfig.build.json', '--noCheck', '--declaration', 'false', '--outDir', join(home, 'lib')];
  execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), ...args]);
  mkdirSync(join(home, 'node_modules'));
  for (const name of Object.keys(manifest.dependencies))
    symlinkSync(resolve('node_modules', name), join(home, 'node_modules', name));
  writeFileSync(join(home, 'package.json'), JSON.stringify({ version: '0.0.0', type: 'commonjs' }));
  writeFileSync(join(home, 'spec.yaml'), 'name: fraud\nowner: a@example.com\naws: { region: eu-central-1 }\n');
  writeFileSync(
    join(home, 'bin.js'),
    `require('./lib/cli/main.js').main(process.argv.slice(2)).then((code) => { process.exitCode = code; });`,
  );
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

test.each([
  ['promote', ['--model', 'm', '--version', '1']],
  ['rollback', ['--model', 'm']],
  ['destroy', ['--cloud', 'aws']],
])('%s says what to install where the AWS SDK is missing', (command, options) => {
  const args = [join(home, 'bin.js'), command, join(home, 'spec.yaml'), ...options, '--yes'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'This needs the AWS SDK, which is not installed. Run: npm install @aws-sdk/client-cloudformation @aws-sdk/client-sfn @aws-sdk/client-ssm\n',
  });
});
