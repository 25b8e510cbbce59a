import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { notStarted } from './not-started';
import { goesWithUs, OWN_GROUP, tellGroup } from './process-group';

/** Lines that are shown again when a process fails. */
const LAST_LINES = 10;
/** Longest time in milliseconds that a timer of Node can wait. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** Milliseconds in which what a process printed last is read, even where something that it left behind holds the pipe. */
const LAST_WORDS = 1000;

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
 * Runs a program as a container would: to its end, line by line, for so long at most. What it began ends with it, and all of
 * them with this program.
 *
 * @throws CommandFailed if there is no such program, or it may not be run
 */
export async function runProcess(
  [program = '', ...args]: readonly string[],
  place: ProcessPlace,
  seconds: number,
  onLine: (line: string) => void,
): Promise<ProcessEnd> {
  const env = environment(place);
  const child = spawn(program, args, { cwd: place.code, env, stdio: ['ignore', 'pipe', 'pipe'], detached: OWN_GROUP });
  const lastLines: string[] = [];
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
      onLine(line);
    });
  const release = goesWithUs(child);
  let late = false;
  const timer = setTimeout(
    () => {
      late = true;
      tellGroup(child, 'SIGKILL');
    },
    Math.min(seconds * 1000, LONGEST_TIMER),
  );
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    clearTimeout(timer);
    tellGroup(child, 'SIGKILL');
    await closed(child);
    const failure = late
      ? `it ran longer than its maxRuntime of ${seconds} seconds`
      : signal !== null
        ? `the signal ${signal} ended it`
        : code === 0
          ? undefined
          : `it ended with exit code ${code}`;
    return { code, lastLines, ...(failure === undefined ? {} : { failure }) };
  } catch (error) {
    throw notStarted(program, place, env.PATH ?? '', error as NodeJS.ErrnoException);
  } finally {
    clearTimeout(timer);
    release();
  }
}

/** Waits until all that was printed is read. */
async function closed(child: ChildProcess): Promise<void> {
  const outputs = [child.stdout, child.stderr].filter((one) => one !== null);
  const timer = setTimeout(() => {
    for (const output of outputs) output.destroy();
  }, LAST_WORDS);
  await Promise.all(outputs.map((output) => (output.closed ? undefined : once(output, 'close'))));
  clearTimeout(timer);
}

function environment({ venv }: ProcessPlace): NodeJS.ProcessEnv {
  if (venv === undefined) return process.env;
  const programs = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');
  return { ...process.env, VIRTUAL_ENV: venv, PATH: [programs, process.env.PATH ?? ''].join(delimiter) };
}
