import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What runs in Python: the judges, and the example's steps. */
export const JUDGES = {
  templates: { versions: ['3.13', '3.12', '3.11'], orLater: true },
  asl: { versions: ['3.13'], orLater: false },
  workflows: { versions: ['3.11'], orLater: false },
  drift: { versions: ['3.11', '3.12', '3.13'], orLater: false },
  kfp: { versions: ['3.11'], orLater: false },
  example: {
    versions: ['3.11', '3.12', '3.13'],
    orLater: false,
    requirements: 'examples/fraud-detection/pipeline/requirements.txt',
  },
} as const satisfies Record<string, PythonVersions>;

export type JudgeName = keyof typeof JUDGES;

interface PythonVersions {
  /** Tried in this order. */
  readonly versions: readonly string[];
  /** Whether a `python3` newer than the first of them will do. */
  readonly orLater: boolean;
  /** Path in the repository. Default: `test/judges/<name>/requirements.txt`. */
  readonly requirements?: string;
}

export type PythonEnv =
  | { readonly ok: true; readonly python: string }
  | { readonly ok: false; readonly reason: string; readonly remedy: string };

export interface PythonEnvOptions {
  /** The repository. Default: the one this file lies in. */
  readonly root?: string;
  /** Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

interface Interpreter {
  readonly path: string;
  /** Major and minor. */
  readonly version: string;
  /** All that an installed package may depend on. */
  readonly identity: string;
}

const ROOT = resolve(__dirname, '../..');
const KEY_FILE = 'judge-key';
const LOCK_POLL_MS = 250;
/** A lock that was never given its owner belongs to a process that died in between. */
const ORPHAN_MS = 10_000;

/**
 * The virtual environment `.venv/<name>` of a judge, made from its pinned requirements or reused if it was made from the
 * same requirements by the same Python. Processes that ask at the same time make it once.
 *
 * @throws Error instead of answering `ok: false` where `CI` is set: there every judge must run.
 */
export async function pythonEnv(name: JudgeName, options: PythonEnvOptions = {}): Promise<PythonEnv> {
  const { root = ROOT, env = process.env } = options;
  const answer = await prepare(name, root, env);
  if (!answer.ok && env.CI) throw new Error(`The judge "${name}" must run in CI. ${answer.reason} ${answer.remedy}`);
  return answer;
}

async function prepare(name: JudgeName, root: string, env: NodeJS.ProcessEnv): Promise<PythonEnv> {
  const wanted: PythonVersions = JUDGES[name];
  const requirements = join(root, wanted.requirements ?? `test/judges/${name}/requirements.txt`);
  const interpreter = await findPython(wanted, env);
  if (!interpreter) {
    const versions = `Python ${wanted.versions.join(' or ')}${wanted.orLater ? ' (or later)' : ''}`;
    return {
      ok: false,
      reason: `No ${versions} with the modules ssl, venv and ensurepip is on the PATH or under pyenv.`,
      remedy: `Install it, for instance with \`pyenv install ${wanted.versions[0]}\`, and run the tests again.`,
    };
  }
  const venv = join(root, '.venv', name);
  const python = executable(venv);
  const key = createHash('sha256')
    .update(await readFile(requirements, 'utf8'))
    .update(interpreter.identity)
    .digest('hex');
  if (await holds(venv, key)) return { ok: true, python };
  return locked(`${venv}.lock`, async () => {
    if (await holds(venv, key)) return { ok: true, python };
    process.stderr.write(`Preparing the judge "${name}" in ${venv} (once, a minute or two) …\n`);
    try {
      await build(interpreter, venv, requirements, key, env);
      return { ok: true, python };
    } catch (error) {
      return {
        ok: false,
        reason: `Installing ${requirements} failed: ${lastLines(error)}`,
        remedy: 'Check that pip reaches a package index (PIP_INDEX_URL, proxy, certificates) and run the tests again.',
      };
    }
  });
}

/** Built aside and moved into place, so that `.venv/<name>` is never half of one: nothing here needs its scripts' paths. */
async function build(
  interpreter: Interpreter,
  venv: string,
  requirements: string,
  key: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const building = `${venv}.building`;
  await run(interpreter.path, ['-m', 'venv', '--clear', building], { env });
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '-r', requirements];
  await run(executable(building), pip, { env, maxBuffer: 2 ** 26 });
  await writeFile(join(building, KEY_FILE), key);
  await rm(venv, { recursive: true, force: true });
  await rename(building, venv);
}

async function holds(venv: string, key: string): Promise<boolean> {
  const found = await readFile(join(venv, KEY_FILE), 'utf8').catch(() => undefined);
  return found === key && existsSync(executable(venv));
}

function executable(venv: string): string {
  return process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
}

async function findPython(wanted: PythonVersions, env: NodeJS.ProcessEnv): Promise<Interpreter | undefined> {
  const path = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = (command: string) => path.map((folder) => join(folder, command));
  const candidates: { version: string | undefined; paths: string[] }[] = [];
  for (const version of wanted.versions) {
    candidates.push({ version, paths: [...onPath(`python${version}`), ...(await underPyenv(version, env))] });
  }
  candidates.push({ version: undefined, paths: onPath(process.platform === 'win32' ? 'python.exe' : 'python3') });
  for (const { version, paths } of candidates) {
    for (const candidate of paths.filter((file) => existsSync(file))) {
      const interpreter = await probe(candidate, env);
      if (interpreter && (version === undefined ? fits(interpreter, wanted) : interpreter.version === version)) {
        return interpreter;
      }
    }
  }
  return undefined;
}

async function underPyenv(version: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const versions = join(env.PYENV_ROOT ?? join(env.HOME ?? homedir(), '.pyenv'), 'versions');
  const installed = await readdir(versions).catch(() => []);
  const patches = installed.filter((found) => found.startsWith(`${version}.`));
  return patches.map((found) => join(versions, found, 'bin', 'python'));
}

function fits(interpreter: Interpreter, { versions, orLater }: PythonVersions): boolean {
  const newest = versions[0] ?? '';
  return versions.includes(interpreter.version) || (orLater && minor(interpreter.version) > minor(newest));
}

function minor(version: string): number {
  return Number(version.split('.')[1]);
}

/** Undefined for what cannot make a virtual environment: shims without a version, builds without ssl. */
async function probe(path: string, env: NodeJS.ProcessEnv): Promise<Interpreter | undefined> {
  const code =
    'import ensurepip, platform, ssl, sys, venv; print("%d.%d" % sys.version_info[:2]); print(sys.version, platform.machine())';
  try {
    const { stdout } = await run(path, ['-c', code], { env });
    const [version = '', ...identity] = stdout.split('\n');
    return { path, version, identity: identity.join('\n') };
  } catch {
    return undefined;
  }
}

/** Runs `work` while this process, and no other, holds the lock: a directory with the owner's process id in it. */
async function locked<T>(lock: string, work: () => Promise<T>): Promise<T> {
  await mkdir(resolve(lock, '..'), { recursive: true });
  while (!(await acquired(lock))) {
    if (await abandoned(lock)) await rm(lock, { recursive: true, force: true });
    else await delay(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function acquired(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  await writeFile(join(lock, 'pid'), String(process.pid));
  return true;
}

async function abandoned(lock: string): Promise<boolean> {
  const owner = Number(await readFile(join(lock, 'pid'), 'utf8').catch(() => ''));
  if (owner > 0) return !alive(owner);
  const made = await stat(lock).catch(() => undefined);
  return made !== undefined && Date.now() - made.mtimeMs > ORPHAN_MS;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function lastLines(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return (stderr?.trim() || message || String(error)).split('\n').slice(-5).join('\n');
}
