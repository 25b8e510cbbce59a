import { resolve } from 'node:path';
import { judgePython } from './describe-judge';
import { JudgeProcess } from './python-process';

/** The environment of every judge of a job: what jobs may use, and their oracles. */
export const JOBS_ENV = 'drift';

/** Content of a file: text, or as `test/judges/jobs/job_files.py` says. */
export type JobFile =
  | string
  | { readonly base64: string }
  | { readonly gzip: string }
  | { readonly json: unknown }
  | { readonly lines: readonly unknown[] }
  | {
      readonly parquet: Readonly<Record<string, readonly unknown[]>>;
      readonly types?: Readonly<Record<string, string>>;
      readonly int96?: boolean;
    };

/** How a job ended, and what it printed. */
export interface JobRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What it wrote for machines, null where it wrote nothing. */
  readonly text: string | null;
}

/** A job in a process of Python with its oracles. Start one for each file of tests. */
export class JobJudge implements AsyncDisposable {
  protected constructor(protected readonly process: JudgeProcess) {}

  /**
   * Starts `test/judges/<job>/judge.py`.
   * @throws Error where the judge cannot run: use it within `describeJudge(JOBS_ENV, …)`.
   */
  protected static async processOf(job: string): Promise<JudgeProcess> {
    const process = new JudgeProcess(judgePython(JOBS_ENV), resolve(__dirname, `../judges/${job}/judge.py`), []);
    await process.greeting;
    return process;
  }

  /** What hypothesis found against a property of `test/judges/<job>/properties.py`, or null. */
  async counterexample(name: string, fault?: string): Promise<string | null> {
    return (await this.process.request({ op: 'property', name, fault })) as string | null;
  }

  async names(): Promise<{ readonly properties: readonly string[]; readonly faults: readonly string[] }> {
    return (await this.process.request({ op: 'names' })) as { properties: string[]; faults: string[] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.close();
  }
}
