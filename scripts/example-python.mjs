// The virtual environment of the example's steps: made once from its pinned requirements, anew when these change.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const VERSIONS = ['3.13', '3.12', '3.11'];
const KEY_FILE = 'requirements-key';

/** The folder of the virtual environment. Ends the process with what to do where it cannot be made. */
export function examplePython(requirements, venv) {
  const python = findPython();
  const key = createHash('sha256').update(readFileSync(requirements)).update(python.identity).digest('hex');
  const keyFile = join(venv, KEY_FILE);
  if (existsSync(keyFile) && readFileSync(keyFile, 'utf8') === key) return venv;
  console.log(`Preparing ${venv} with ${python.command} (once, a minute) …`);
  // Built aside: an installation that breaks off leaves nothing that looks whole.
  const draft = `${venv}.building`;
  rmSync(draft, { recursive: true, force: true });
  execFileSync(python.command, ['-m', 'venv', draft], { stdio: 'inherit' });
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-input',
    '--disable-pip-version-check',
    '--no-deps',
    '-r',
    requirements,
  ];
  try {
    execFileSync(programOf(draft), pip, { stdio: 'inherit' });
  } catch {
    giveUp(`Installing ${requirements} failed: see above. Check that pip reaches a package index, and run this again.`);
  }
  writeFileSync(join(draft, KEY_FILE), key);
  rmSync(venv, { recursive: true, force: true });
  renameSync(draft, venv);
  return venv;
}

export const programOf = (venv) =>
  process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');

function findPython() {
  const code =
    'import ensurepip, platform, ssl, sys, venv; print("%d.%d" % sys.version_info[:2]); print(sys.version, platform.machine())';
  for (const command of [...VERSIONS.map((version) => `python${version}`), 'python3', 'python']) {
    try {
      const answer = execFileSync(command, ['-c', code], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      const [version, ...identity] = answer.split('\n');
      if (VERSIONS.includes(version)) return { command, identity: identity.join('\n') };
    } catch {
      // Not there, or not whole: the next.
    }
  }
  return giveUp(
    `The example needs Python ${VERSIONS.join(', ')} with venv on the PATH. Install one, and run this again.`,
  );
}

function giveUp(why) {
  console.error(why);
  process.exit(2);
}
