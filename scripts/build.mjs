// Builds dist from nothing, so that a file that is gone from lib is gone from dist too.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeEntriesLazy } from './lazy-entries.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
rmSync(join(root, 'dist'), { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
makeEntriesLazy(join(root, 'dist'));
// Programs that run inside the platform are not compiled: the constructs take them as they are.
cpSync(join(root, 'lib/jobs'), join(root, 'dist/jobs'), {
  recursive: true,
  filter: (source) => !source.includes('__pycache__'),
});
