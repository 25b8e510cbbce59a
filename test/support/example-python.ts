import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { judgePython } from './describe-judge';

export const EXAMPLE = resolve(__dirname, '../../examples/fraud-detection');
/** Where the example's steps run: the work folder of their image. */
export const EXAMPLE_CODE = resolve(EXAMPLE, 'pipeline');

/** Virtual environment with the example's requirements. Use within `describeJudge('example', …)`. */
export const exampleVenv = (): string => dirname(dirname(judgePython('example')));

/** Threads of scikit-learn wait for one another busily: beside other work they are slower than one alone. */
export const ONE_THREAD = { OMP_NUM_THREADS: '1' } as const;

export interface PythonRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts Python as the example's image would, with nothing of this machine's environment but what is given. */
export function startPython(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const own = { PATH: process.env.PATH ?? '', PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', ...ONE_THREAD };
  return spawn(judgePython('example'), args, { cwd: EXAMPLE_CODE, env: { ...own, ...env } });
}

/** Runs Python to its end. `onLine` hears what it prints, and may end it. */
export async function runPython(
  args: readonly string[],
  onLine: (line: string, child: ChildProcess) => void = () => undefined,
): Promise<PythonRun> {
  const child = startPython(args);
  let out = '';
  let err = '';
  if (child.stdout === null || child.stderr === null) throw new Error('Python has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    out += `${line}\n`;
    onLine(line, child);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const code = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  return { code, out, err };
}

/** Runs Python, which has to end well. */
export async function python(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await runPython(args);
  if (code !== 0) throw new Error(`python ${args.join(' ')} ended with ${code}:\n${out}${err}`);
  return out;
}
