import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EXIT, type ExitCode, type Io } from './io';
import { withSpec } from './with-spec';

/** Folder of the templates unless `--out` names another. */
export const DEFAULT_OUT = 'cdk.out';

/** File by which a folder is known to hold templates that were synthesised. */
const MANIFEST = 'manifest.json';

/**
 * `mlops synth`: writes the templates of a platform. They are made in a folder beside the wanted one and moved there
 * when all of them are good, so nothing half-written is left behind.
 */
export async function synth(
  file: string,
  { environment, out = DEFAULT_OUT }: { readonly environment?: string; readonly out?: string },
  io: Io,
): Promise<ExitCode> {
  const target = resolve(out);
  if (!replaceable(target)) {
    io.err(`${out} holds something else than templates and stays as it is. Name a new or empty folder with --out.\n`);
    return EXIT.broken;
  }
  return withSpec(file, environment, io, async (spec) => {
    const { platformApp } = await import('../aws/app/platform-app.js');
    mkdirSync(dirname(target), { recursive: true });
    const draft = mkdtempSync(`${target}.`);
    try {
      const { stacks } = platformApp({ spec, outdir: draft }).synth();
      const lines = stacks.map(
        ({ stackName, template }) =>
          `${io.colors.green('✓')} ${stackName}  ${Object.keys(template.Resources ?? {}).length} resources\n`,
      );
      rmSync(target, { recursive: true, force: true });
      renameSync(draft, target);
      io.out(
        `${lines.join('')}${stacks.length} stacks in ${out}; deploy them with: npx cdk deploy --all --app ${out}\n`,
      );
      return EXIT.fine;
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  });
}

/** Whether a folder is not there, empty, or templates of an earlier run. */
const replaceable = (folder: string): boolean =>
  !existsSync(folder) || existsSync(join(folder, MANIFEST)) || readdirSync(folder).length === 0;
