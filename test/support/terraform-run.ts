import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TerraformExit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TerraformRunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What the user set for Terraform or Google is not for a judge to use, least of all credentials. */
const PASSED_ON = ['PATH', 'HOME', 'USERPROFILE', 'TMPDIR', 'TEMP', 'SystemRoot'];

/** Terraform speaks to nobody on its own, and asks nothing. */
export const QUIET = { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' };

/** Runs a command of terraform to its end, whatever that is. */
export function terraform(args: readonly string[], { cwd, env = {} }: TerraformRunOptions): Promise<TerraformExit> {
  const kept = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return new Promise((ended, failed) => {
    execFile(
      'terraform',
      [...args],
      { cwd, env: { ...Object.fromEntries(kept), ...QUIET, ...env }, maxBuffer: 2 ** 28 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === 'number') ended({ code, stdout, stderr });
        else failed(error);
      },
    );
  });
}

/** Lends a temporary folder. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'terraform-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A configuration of the command that is nobody's, so that a developer's mirrors and overrides change no verdict. */
export async function emptyCliConfig(folder: string): Promise<{ readonly TF_CLI_CONFIG_FILE: string }> {
  const file = join(folder, 'empty.tfrc');
  await writeFile(file, '');
  return { TF_CLI_CONFIG_FILE: file };
}
