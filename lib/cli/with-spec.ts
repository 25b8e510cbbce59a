import { loadPlatformSpec } from '../plan/load';
import type { PlatformSpec } from '../spec/platform';
import { SpecError } from '../spec/problem';
import type { ExitCode, Io } from './io';
import { reportProblems } from './report';

/** Loads one environment of a spec and goes on with it; says what is wrong where it cannot. */
export async function withSpec(
  file: string,
  environment: string | undefined,
  io: Io,
  next: (spec: PlatformSpec) => Promise<ExitCode>,
): Promise<ExitCode> {
  return reporting(false, io, () => next(loadPlatformSpec(file, environment === undefined ? {} : { environment })));
}

/** Runs something and reports the problems of a spec that it throws; anything else is a fault and goes on up. */
export async function reporting(json: boolean, io: Io, run: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof SpecError) return reportProblems(error, json, io);
    throw error;
  }
}
