// Runs the tests of the Google Cloud layer with cdktf replaced by its living fork cdktn, as a user's alias
// `"cdktf": "npm:cdktn@…"` replaces it: in a copy of the project whose `node_modules/cdktf` is the fork. Everything comes
// from what the lock file has installed, so nothing is downloaded. Arguments go to vitest in place of the default tests.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What reads documents of Google Cloud: its constructs, what both clouds agree on, and Terraform over every example. */
const TESTS = [
  'test/unit/gcp',
  'test/contract/access',
  'test/contract/names',
  'test/contract/pipeline',
  'test/contract/rollout',
  'test/contract/routes',
  'test/contract/run-outcomes',
  'test/contract/signals',
  'test/judges/terraform-examples',
];

/** What finds cdktf by its own place: a link to it would find the one that it was installed with. */
const COPIED = ['@cdktf'];
/** Links to the project itself, which is another one here; caches; and what is replaced. */
const LEFT_OUT = ['mlops-constructs', 'cdktf', 'cdktn', '.cache', '.vite', '.vitest', '.package-lock.json'];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const installed = join(root, 'node_modules');
const copy = mkdtempSync(join(tmpdir(), 'mlops-cdktn-'));

/** Hard links where the file systems allow it: the bindings alone have 300 MB. */
function linkTree(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else
      try {
        linkSync(source, target);
      } catch {
        cpSync(source, target);
      }
  }
}

function copyProject() {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const here = listed.split('\0').filter((file) => file !== '');
  for (const file of here)
    try {
      cpSync(join(root, file), join(copy, file));
    } catch (error) {
      // deleted, and not committed yet
      if (error.code !== 'ENOENT') throw error;
    }
}

function installDependencies() {
  const target = join(copy, 'node_modules');
  mkdirSync(target);
  for (const name of readdirSync(installed).filter((entry) => !LEFT_OUT.includes(entry))) {
    if (COPIED.includes(name)) linkTree(join(installed, name), join(target, name));
    else symlinkSync(join(installed, name), join(target, name), 'junction');
  }
  linkTree(join(installed, 'cdktn'), join(target, 'cdktf'));
  symlinkSync(copy, join(target, 'mlops-constructs'), 'junction');
  // Environments of the judges that are there already need not be made again.
  if (existsSync(join(root, '.venv'))) symlinkSync(join(root, '.venv'), join(copy, '.venv'), 'junction');
}

/** What the bindings get when they ask for cdktf: the fork, or the tests would prove nothing. */
function assertReplaced() {
  const { version } = JSON.parse(readFileSync(join(installed, 'cdktn/package.json'), 'utf8'));
  for (const asker of ['package.json', 'node_modules/@cdktf/provider-google/package.json']) {
    const file = createRequire(join(copy, asker)).resolve('cdktf/package.json');
    const found = JSON.parse(readFileSync(file, 'utf8'));
    if (found.name !== 'cdktn' || found.version !== version)
      throw new Error(
        `${asker} gets ${found.name} ${found.version} from ${relative(copy, file)}, not cdktn ${version}`,
      );
  }
  console.log(`cdktf is cdktn ${version} here`);
}

try {
  copyProject();
  installDependencies();
  assertReplaced();
  const wanted = process.argv.slice(2);
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...(wanted.length > 0 ? wanted : TESTS)], {
    cwd: copy,
    // snapshots are those of cdktf: none is written for the fork
    env: { ...process.env, CI: 'true' },
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
