import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ContextRefused } from '../plan/context-flags';
import { DataLossRefused } from '../plan/data-loss';
import type { Cloud } from '../spec/clouds';
import { EXIT, type ExitCode, type Io } from './io';
import { RENDERERS } from './renderers';
import { withSpec } from './with-spec';

/** File by which a folder is known to hold templates that were synthesised. */
const MANIFEST = 'manifest.json';

export interface SynthOptions {
  readonly cloud: Cloud;
  readonly environment?: string;
  readonly out?: string;
  /** For the app, as `key=value` gave it. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * `mlops synth`: writes the templates of a platform. They are made in a folder beside the wanted one and moved there
 * when all of them are good, so nothing half-written is left behind.
 */
export async function synth(file: string, options: SynthOptions, io: Io): Promise<ExitCode> {
  const renderer = RENDERERS[options.cloud];
  const { environment, out = renderer.out, context = {} } = options;
  const target = resolve(out);
  if (!replaceable(target)) {
    io.err(`${out} holds something else than templates and stays as it is. Name a new or empty folder with --out.\n`);
    return EXIT.broken;
  }
  return withSpec(file, environment, io, async (spec) => {
    const synthesise = await renderer.load();
    mkdirSync(dirname(target), { recursive: true });
    const draft = mkdtempSync(`${target}.`);
    try {
      const stacks = synthesise(spec, draft, context);
      const lines = stacks.map(({ name, resources }) => `${io.colors.green('✓')} ${name}  ${resources} resources\n`);
      rmSync(target, { recursive: true, force: true });
      renameSync(draft, target);
      io.out(`${lines.join('')}${stacks.length} stacks in ${out}; deploy them with: ${renderer.deploy(out, stacks)}\n`);
      return EXIT.fine;
    } catch (error) {
      if (!(error instanceof DataLossRefused) && !(error instanceof ContextRefused)) throw error;
      io.err(`${error.message}\n`);
      return EXIT.broken;
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  });
}

/** Whether a folder is not there, empty, or templates of an earlier run. */
const replaceable = (folder: string): boolean =>
  !existsSync(folder) || existsSync(join(folder, MANIFEST)) || readdirSync(folder).length === 0;
