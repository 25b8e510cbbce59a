import { createInterface } from 'node:readline/promises';
import type { Writable } from 'node:stream';
import { createColors, isColorSupported } from 'picocolors';

type Colors = ReturnType<typeof createColors>;

/** Exit codes of every command. */
export const EXIT = {
  fine: 0,
  wrongSpec: 1,
  /** Wrong usage, a spec that cannot be read, what an account refuses, or a fault of ours. */
  broken: 2,
  /** All went well, and the answer is no: the data breaks a rule, or the model does not pass the gate. */
  notGoodEnough: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Where a command writes: results to out, everything else to err. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colors: Colors;
  /** Asks the person at the terminal, where there is one. */
  readonly ask?: (question: string) => Promise<string>;
}

/** The terminal or pipe that the process was started with. Colours unless NO_COLOR is set or there is no terminal. */
export const processIo = (): Io => ({
  out: writingTo(process.stdout),
  err: writingTo(process.stderr),
  colors: createColors(isColorSupported),
  ...(process.stdin.isTTY ? { ask } : {}),
});

/**
 * Writes to a stream that its reader may close before all is said, as `| head` does: the rest goes nowhere then, and the
 * command ends as it would have.
 */
export function writingTo(stream: Writable): (text: string) => void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return (text) => {
    stream.write(text);
  };
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

/** Io into strings, without colours. */
export function capturedIo(): Io & { readonly text: { out: string; err: string } } {
  const text = { out: '', err: '' };
  return {
    text,
    out: (more) => {
      text.out += more;
    },
    err: (more) => {
      text.err += more;
    },
    colors: createColors(false),
  };
}
