import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** How much of what a judge printed is shown when it breaks down. */
const LAST_WORDS = 4000;

/**
 * Starts a judge's script with nothing of this machine in reach: no credentials, no proxy, and an empty home, so that no
 * configuration file or cached schema of the user changes the verdict.
 */
function spawnJudge(python: string, script: string, args: readonly string[]): ChildProcessWithoutNullStreams {
  const home = join(dirname(dirname(python)), 'home');
  mkdirSync(home, { recursive: true });
  const env = { PATH: process.env.PATH, HOME: home, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' };
  return spawn(python, [script, ...args], { cwd: home, env });
}

/**
 * Runs a script that reads one JSON document and prints one, with arguments if it takes any.
 *
 * @throws Error with what the script printed, if it fails.
 */
export async function runJudge(
  python: string,
  script: string,
  input: unknown,
  args: readonly string[] = [],
): Promise<unknown> {
  const child = spawnJudge(python, script, args);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(input));
  const code = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  if (code !== 0) throw new Error(`${script} ended with ${code}:\n${err.slice(-LAST_WORDS)}`);
  return JSON.parse(out);
}

type Answer = { readonly result: unknown } | { readonly error: { readonly code: string; readonly message: string } };

/** What a judge answered instead of a result. */
export class JudgeError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'JudgeError';
  }
}

/** A script that answers each line of JSON with one, for as long as its input is open. */
export class JudgeProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: { done: (answer: Answer) => void; fail: (error: Error) => void }[] = [];
  private readonly closed: Promise<void>;
  private lastWords = '';
  private ended = false;

  /** The first line comes unasked, once the script is ready: read it with `greeting`. */
  readonly greeting: Promise<unknown>;

  constructor(python: string, script: string, args: readonly string[]) {
    this.child = spawnJudge(python, script, args);
    this.child.stdin.on('error', () => undefined);
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-LAST_WORDS);
    });
    createInterface({ input: this.child.stdout }).on('line', (line) => this.waiting.shift()?.done(JSON.parse(line)));
    this.closed = new Promise((done) => {
      this.child.on('error', (error) => this.end(done, error.message));
      this.child.on('close', (code) => this.end(done, `ended with ${code}`));
    });
    this.greeting = this.answer();
  }

  /** @throws JudgeError with what the script answered, or Error if it ended. */
  async request(message: unknown): Promise<unknown> {
    if (this.ended) throw new Error(`The judge has ended:\n${this.lastWords}`);
    const answer = this.answer();
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
    return answer;
  }

  async close(): Promise<void> {
    this.child.stdin.end();
    await this.closed;
  }

  private async answer(): Promise<unknown> {
    const answer = await new Promise<Answer>((done, fail) => this.waiting.push({ done, fail }));
    if ('error' in answer) throw new JudgeError(answer.error.code, answer.error.message);
    return answer.result;
  }

  private end(done: () => void, how: string): void {
    this.ended = true;
    for (const { fail } of this.waiting.splice(0)) fail(new Error(`The judge ${how}:\n${this.lastWords}`));
    done();
  }
}
