import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadPlatformSpec } from '../plan/load';
import { SpecError } from '../spec/problem';
import { EXIT, type ExitCode, type Io } from './io';
import { reportProblems } from './report';

/** Folder of the templates unless `--out` names another. */
export const DEFAULT_OUT = 'cdk.out';

/**
 * `mlops synth`: writes the templates of a platform. They are made in a folder beside the wanted one and moved there
 * when all of them are good, so nothing half-written is left behind.
 */
export async function synth(
  spec: string,
  options: { readonly environment?: string; readonly out?: string },
  io: Io,
): Promise<ExitCode> {
  const out = resolve(options.out ?? DEFAULT_OUT);
  let draft: string | undefined;
  try {
    const platform = loadPlatformSpec(
      spec,
      options.environment === undefined ? {} : { environment: options.environment },
    );
    const { platformApp } = await import('../aws/app/platform-app.js');
    draft = mkdtempSync(`${out}.`);
    const { stacks } = platformApp({ spec: platform, outdir: draft }).synth();
    rmSync(out, { recursive: true, force: true });
    renameSync(draft, out);
    draft = undefined;
    for (const { stackName, template } of stacks)
      io.out(`${io.colors.green('✓')} ${stackName}  ${Object.keys(template.Resources ?? {}).length} resources\n`);
    io.out(
      `${stacks.length} stacks in ${options.out ?? DEFAULT_OUT}; deploy them with: npx cdk deploy --all --app ${options.out ?? DEFAULT_OUT}\n`,
    );
    return EXIT.fine;
  } catch (error) {
    if (error instanceof SpecError) return reportProblems(error, false, io);
    throw error;
  } finally {
    if (draft !== undefined) rmSync(draft, { recursive: true, force: true });
  }
}
