// Packs the tarball, installs it in empty projects and uses it as its users would: by import and by require, with and
// without the peer dependencies, on every Node version that is supported.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

const SPEC = `{ name: 'churn', owner: 'growth-ml@example.com', aws: { region: 'eu-central-1' },
  gcp: { project: 'churn-ml', projectNumber: 123456789012, region: 'europe-west4' } }`;
const CORE = `const spec = core.loadPlatformSpec(${SPEC});
if (spec.network.mode !== 'isolated') throw new Error('the spec was not completed');`;
/** How each cloud is used. Whoever uses one has nothing of the other installed. */
const CLOUDS = {
  aws: {
    packages: ['aws-cdk-lib', 'constructs'],
    sdk: 'aws-cdk-lib',
    stranger: 'cdktf',
    use: `const app = new sdk.App({ analyticsReporting: false });
new cloud.MlopsPlatform(app, 'churn', { spec });
const stacks = app.synth().stacks.map((stack) => stack.stackName);`,
  },
  gcp: {
    packages: ['cdktf', '@cdktf/provider-google', 'constructs'],
    sdk: 'cdktf',
    stranger: 'aws-cdk-lib',
    use: `const app = new sdk.App({ outdir: fs.mkdtempSync('cdktf-') });
new cloud.MlopsPlatform(app, 'churn', { spec });
app.synth();
const stacks = fs.readdirSync(app.outdir + '/stacks');`,
  },
};
const DONE = `if (!stacks.includes('churn-foundation')) throw new Error('no foundation in ' + stacks);`;

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
  const job = join(alone, 'node_modules/mlops-constructs/dist/jobs/drift/__main__.py');
  if (!existsSync(job)) throw new Error(`the drift job is not in the package: there is no ${job}`);
  writeFileSync(join(alone, 'use.cjs'), `const core = require('mlops-constructs');\n${CORE}`);
  run(process.execPath, ['use.cjs'], alone);
  run(join(alone, 'node_modules/.bin/mlops'), ['--help'], alone);
  console.log(`without any cloud SDK: . and mlops --help work on Node ${process.versions.node}`);

  const nodes = NODE_VERSIONS.map((version) => {
    const node = project(`node-${version}`);
    install(node, `node-${process.platform}-${process.arch}@${version}`);
    return { version, binary: join(node, `node_modules/node-${process.platform}-${process.arch}/bin/node`) };
  });
  for (const [name, { packages, sdk, stranger, use }] of Object.entries(CLOUDS)) {
    const full = project(name);
    install(full, tarball, ...packages.map((one) => `${one}@${manifest.devDependencies[one]}`));
    if (existsSync(join(full, 'node_modules', stranger))) throw new Error(`${name} installed ${stranger} too`);
    const modules = { core: 'mlops-constructs', cloud: `mlops-constructs/${name}`, sdk, fs: 'node:fs' };
    const loads = (write) => Object.entries(modules).map(write).join('\n');
    const body = `${CORE}\n${use}\n${DONE}`;
    writeFileSync(join(full, 'use.cjs'), `${loads(([as, from]) => `const ${as} = require('${from}');`)}\n${body}`);
    writeFileSync(join(full, 'use.mjs'), `${loads(([as, from]) => `import * as ${as} from '${from}';`)}\n${body}`);
    for (const { version, binary } of nodes) {
      for (const file of ['use.cjs', 'use.mjs']) run(binary, [file], full);
      console.log(`${name} on Node ${version}: import and require work, without ${stranger}`);
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
