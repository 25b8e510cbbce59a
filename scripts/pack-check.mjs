// Packs the tarball, installs it in empty projects and uses it as its users would: by import and by require, with and
// without the peer dependencies, on every Node version that is supported.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Releases of Node to try, from npm's packages of Node itself. */
const NODE_VERSIONS = ['20.20.2', '22.23.3', '24.21.0'];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const work = mkdtempSync(join(tmpdir(), 'mlops-pack-'));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const install = (cwd, ...packages) =>
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packages], cwd);

const SPEC = "{ name: 'churn', owner: 'growth-ml@example.com', aws: { region: 'eu-central-1' } }";
const CORE = `const spec = core.loadPlatformSpec(${SPEC});
if (spec.network.mode !== 'isolated') throw new Error('the spec was not completed');`;
const AWS = `const app = new cdk.App({ analyticsReporting: false });
new aws.MlopsPlatform(app, 'churn', { spec });
const stacks = app.synth().stacks.map((stack) => stack.stackName);
if (!stacks.includes('churn-foundation')) throw new Error('no foundation in ' + stacks);`;

function project(name) {
  const dir = join(work, name);
  mkdirSync(dir);
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name, private: true }));
  return dir;
}

try {
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--pack-destination', work], root).replace(/^[^[]*/, ''),
  );
  const tarball = join(work, filename);

  const alone = project('alone');
  install(alone, tarball);
  writeFileSync(join(alone, 'use.cjs'), `const core = require('mlops-constructs');\n${CORE}`);
  run(process.execPath, ['use.cjs'], alone);
  run(join(alone, 'node_modules/.bin/mlops'), ['--help'], alone);
  console.log(`without any cloud SDK: . and mlops --help work on Node ${process.versions.node}`);

  const full = project('full');
  install(
    full,
    tarball,
    `aws-cdk-lib@${manifest.devDependencies['aws-cdk-lib']}`,
    `constructs@${manifest.devDependencies.constructs}`,
  );
  writeFileSync(
    join(full, 'use.cjs'),
    `const core = require('mlops-constructs');\nconst aws = require('mlops-constructs/aws');\nconst cdk = require('aws-cdk-lib');\n${CORE}\n${AWS}`,
  );
  writeFileSync(
    join(full, 'use.mjs'),
    `import * as core from 'mlops-constructs';\nimport * as aws from 'mlops-constructs/aws';\nimport * as cdk from 'aws-cdk-lib';\n${CORE}\n${AWS}`,
  );
  for (const version of NODE_VERSIONS) {
    const node = project(`node-${version}`);
    install(node, `node-${process.platform}-${process.arch}@${version}`);
    const binary = join(node, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
    for (const file of ['use.cjs', 'use.mjs']) run(binary, [file], full);
    console.log(`Node ${version}: import and require work`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
