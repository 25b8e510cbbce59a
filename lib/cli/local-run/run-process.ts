import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { CommandFailed } from '../command-failed';

/** Lines that are shown again when a process fails. */
const LAST_LINES = 10;
/** Longest time in milliseconds that a timer of Node can wait. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Where processes of a run find what they need. */
export interface ProcessPlace {
  /** Folder that they run in. */
  readonly code: string;
  /** Virtual environment whose programs come first; without one what the PATH has. */
  readonly venv?: string;
}

export interface ProcessEnd {
  /** Null if a signal ended it. */
  readonly code: number | null;
  /** Why it is taken to have failed; undefined if it did not. */
  readonly failure?: string;
  /** The last that it printed. */
  readonly lastLines: readonly string[];
}

/**
 * Runs a program as a step would be: to its end, line by line, for so long at most.
 *
 * @throws CommandFailed if there is no such program, or it may not be run
 */
export async function runProcess(
  [program = '', ...args]: readonly string[],
  place: ProcessPlace,
  seconds: number,
  onLine: (line: string) => void,
): Promise<ProcessEnd> {
  const child = spawn(program, args, { cwd: place.code, env: environment(place), stdio: ['ignore', 'pipe', 'pipe'] });
  const lastLines: string[] = [];
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
      onLine(line);
    });
  let late = false;
  const timer = setTimeout(
    () => {
      late = true;
      child.kill('SIGKILL');
    },
    Math.min(seconds * 1000, LONGEST_TIMER),
  );
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done, fail) => {
      child.on('error', fail).on('close', (...end) => done(end));
    });
    const failure = late
      ? `it ran longer than its maxRuntime of ${seconds} seconds`
      : signal !== null
        ? `the signal ${signal} ended it`
        : code === 0
          ? undefined
          : `it ended with exit code ${code}`;
    return { code, lastLines, ...(failure === undefined ? {} : { failure }) };
  } catch (error) {
    throw notStarted(program, place, error as NodeJS.ErrnoException);
  } finally {
    clearTimeout(timer);
  }
}

function notStarted(program: string, { venv }: ProcessPlace, error: NodeJS.ErrnoException): Error {
  const where = venv === undefined ? 'on the PATH' : `in ${venv} or on the PATH`;
  const mend = 'or name with --venv the virtual environment that has it.';
  if (error.code === 'ENOENT') return new CommandFailed(`There is no program ${program} ${where}. Install it, ${mend}`);
  if (error.code === 'EACCES')
    return new CommandFailed(`What is called ${program} ${where} may not be run. Make it executable, ${mend}`);
  return error;
}

function environment({ venv }: ProcessPlace): NodeJS.ProcessEnv {
  if (venv === undefined) return process.env;
  const programs = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');
  return { ...process.env, VIRTUAL_ENV: venv, PATH: [programs, process.env.PATH ?? ''].join(delimiter) };
}
