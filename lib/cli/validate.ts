import { loadEveryEnvironment, loadPlatformSpec } from '../plan/load';
import type { PlatformSpec } from '../spec/platform';
import { SpecError } from '../spec/problem';
import { EXIT, type ExitCode, type Io } from './io';
import { printJson, reportProblems } from './report';

/** `mlops validate`: checks one environment of a spec, or the spec and all of them. */
export async function validate(
  spec: string,
  options: { readonly environment?: string; readonly json?: boolean },
  io: Io,
): Promise<ExitCode> {
  const json = options.json === true;
  try {
    const checked = load(spec, options.environment);
    if (json) printJson(io, dataOf(checked));
    else io.out(textOf(checked, io));
    return EXIT.fine;
  } catch (error) {
    if (error instanceof SpecError) return reportProblems(error, json, io);
    throw error;
  }
}

const load = (file: string, environment: string | undefined): readonly PlatformSpec[] =>
  environment === undefined ? [...loadEveryEnvironment(file).values()] : [loadPlatformSpec(file, { environment })];

/** What `--json` gives as data. `environment` is null for a spec without environments. */
const dataOf = (specs: readonly PlatformSpec[]) => ({
  platforms: specs.map(({ name, environment }) => ({ name, environment: environment ?? null })),
});

const textOf = (specs: readonly PlatformSpec[], { colors }: Io): string =>
  specs.map(({ name, environment }) => `${colors.green('✓')} ${titleOf(name, environment)}\n`).join('');

const titleOf = (name: string, environment: string | undefined): string =>
  environment === undefined ? name : `${name} in ${environment}`;
