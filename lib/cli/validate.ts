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
    const specs = loadEnvironments(spec, options.environment);
    const checked = specs.map((one) => ({ environment: one.environment ?? null, name: one.name }));
    if (json) printJson(io, { file: spec, platform: specs[0]?.name, environments: checked });
    else for (const one of specs) io.out(describe(one, io));
    return EXIT.fine;
  } catch (error) {
    if (error instanceof SpecError) return reportProblems(error, json, io);
    throw error;
  }
}

const loadEnvironments = (file: string, environment: string | undefined): readonly PlatformSpec[] =>
  environment === undefined ? [...loadEveryEnvironment(file).values()] : [loadPlatformSpec(file, { environment })];

function describe({ name, environment }: PlatformSpec, { colors }: Io): string {
  return `${colors.green('✓')} ${colors.bold(name)} ${environment ?? ''}\n`;
}
