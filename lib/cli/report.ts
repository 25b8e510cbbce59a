import type { Problem, SpecError } from '../spec/problem';
import { formatProblems, UnreadableSpecError } from '../spec/problem';
import { EXIT, type ExitCode, type Io } from './io';

/** Version of the document that `--json` prints. Raised when a field changes its meaning or goes. */
export const JSON_SCHEMA_VERSION = 1;

/** The one document that a command prints with `--json`. */
export interface JsonReport {
  readonly schemaVersion: typeof JSON_SCHEMA_VERSION;
  readonly ok: boolean;
  /** What the command found out; null if it could not. */
  readonly data: unknown;
  /** What is wrong with the spec, as in the text for people; or that text alone, where it is something else. */
  readonly diagnostics: readonly (Omit<Problem, 'frame'> | Pick<Problem, 'message'>)[];
}

/** Prints the document of a command that found something out, and whether that is well. */
export const printJson = (io: Io, data: unknown, ok = true): void => print(io, { ok, data, diagnostics: [] });

/** Says why a command cannot go on. */
export function reportFailure(message: string, json: boolean, io: Io): ExitCode {
  if (json) print(io, { ok: false, data: null, diagnostics: [{ message }] });
  io.err(`${message}\n`);
  return EXIT.broken;
}

/** Says what is wrong with a spec, and gives the exit code for it. */
export function reportProblems(error: SpecError, json: boolean, io: Io): ExitCode {
  const { bold, dim, green } = io.colors;
  if (json)
    print(io, { ok: false, data: null, diagnostics: error.problems.map(({ frame: _, ...problem }) => problem) });
  else io.err(`${formatProblems(error.problems, { place: bold, label: dim, fix: green })}\n`);
  return error instanceof UnreadableSpecError ? EXIT.broken : EXIT.wrongSpec;
}

const print = (io: Io, report: Omit<JsonReport, 'schemaVersion'>): void =>
  io.out(`${JSON.stringify({ schemaVersion: JSON_SCHEMA_VERSION, ...report } satisfies JsonReport, null, 2)}\n`);
