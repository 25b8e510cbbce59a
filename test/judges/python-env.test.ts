import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { describeJudge, judgePython } from '../support/describe-judge';
import { type JudgeName, pythonEnv } from '../support/python-env';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** A repository with nothing but a judge's requirements. */
function repository(name: JudgeName, requirements: string): string {
  const root = mkdtempSync(join(tmpdir(), 'judges-'));
  roots.push(root);
  mkdirSync(join(root, 'test/judges', name), { recursive: true });
  writeFileSync(join(root, 'test/judges', name, 'requirements.txt'), requirements);
  return root;
}

/** The environment of this process, without CI and without a package index. */
const { CI: _, ...inherited } = process.env;
const env = { ...inherited, PIP_NO_INDEX: '1', PIP_FIND_LINKS: '' };

describeJudge('templates', 'the environment of a Python judge', () => {
  test('is made once for all who ask, past a broken Python and a dead process, and made anew for other requirements', async () => {
    const root = repository('templates', '# nothing\n');
    const [broken, good] = ['broken', 'good'].map((folder) => join(root, folder)) as [string, string];
    const lock = join(root, '.venv/templates.lock');
    for (const folder of [broken, good, lock]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(broken, 'python3.13'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
    const base = execFileSync(judgePython('templates'), ['-c', 'import sys; print(sys._base_executable)']);
    symlinkSync(base.toString().trim(), join(good, 'python3'));
    writeFileSync(join(lock, 'pid'), execFileSync(process.execPath, ['-p', 'process.pid']).toString().trim());
    const options = { root, env: { ...env, PATH: `${broken}:${good}`, PYENV_ROOT: root } };

    const both = await Promise.all([pythonEnv('templates', options), pythonEnv('templates', options)]);
    const python = join(root, '.venv/templates/bin/python');
    expect(both).toEqual([
      { ok: true, python },
      { ok: true, python },
    ]);
    expect(existsSync(lock)).toBe(false);
    const keyFile = join(root, '.venv/templates/judge-key');
    const made = statSync(keyFile).mtimeMs;
    expect(await pythonEnv('templates', options)).toEqual({ ok: true, python });
    expect(statSync(keyFile).mtimeMs).toBe(made);

    writeFileSync(join(root, 'test/judges/templates/requirements.txt'), 'no-such-package==1.0\n');
    expect(await pythonEnv('templates', options)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('no-such-package==1.0'),
      remedy: expect.stringContaining('package index'),
    });
    expect(existsSync(lock)).toBe(false);
  });

  test('says which Python is missing', async () => {
    const root = repository('asl', '');
    const nowhere = { PATH: root, HOME: root, PYENV_ROOT: root };
    expect(await pythonEnv('asl', { root, env: nowhere })).toEqual({
      ok: false,
      reason: 'No Python 3.13 with the modules ssl, venv and ensurepip is on the PATH or under pyenv.',
      remedy: 'Install it, for instance with `pyenv install 3.13`, and run the tests again.',
    });
    await expect(pythonEnv('asl', { root, env: { ...nowhere, CI: '1' } })).rejects.toThrow('must run in CI');
  });

  test('holds exactly what the requirements pin', () => {
    const pip = ['-m', 'pip', 'freeze', '--disable-pip-version-check'];
    const installed = execFileSync(judgePython('templates'), pip).toString().trim().split('\n');
    const file = readFileSync(resolve(__dirname, 'templates/requirements.txt'), 'utf8');
    const pinned = file.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(installed.sort()).toEqual(pinned.sort());
  });
});
