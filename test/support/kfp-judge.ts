import { resolve } from 'node:path';
import type { PipelineDocument } from '../../lib/gcp/training-pipeline/ir/pipeline-spec';
import { judgePython } from './describe-judge';
import { JudgeProcess } from './python-process';
import type { WorkflowsCall, WorkflowsFault, WorkflowsWorld } from './workflows-judge';

/** One attempt of a task; importers and what was used again have no number. */
export interface TaskAttempt {
  readonly task: string;
  readonly state: 'SUCCEEDED' | 'FAILED' | 'SKIPPED';
  readonly attempt?: number;
  /** Its last words. */
  readonly said?: string;
}

export interface KfpRun {
  readonly state: 'SUCCEEDED' | 'FAILED';
  readonly tasks: readonly TaskAttempt[];
  /** Groups whose condition did not hold. */
  readonly skipped: readonly string[];
  /** Every process: tasks, and containers of custom jobs. */
  readonly ran: readonly {
    readonly name: string;
    readonly image: string;
    readonly command: readonly string[];
    readonly code: number;
    readonly said: string;
  }[];
  readonly calls: readonly WorkflowsCall[];
  readonly world: WorkflowsWorld;
  /** Seconds before each retry. */
  readonly slept: readonly number[];
  /** Requests that Google would not have understood. */
  readonly findings?: readonly string[];
}

export interface KfpRunRequest {
  readonly document: PipelineDocument;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Folder of the run, `gs://…`. */
  readonly folder: string;
  /** Folder of this machine that buckets are folders of. */
  readonly root: string;
  /** What each image would run; `{name}` in it is the name of the job. */
  readonly images: Readonly<Record<string, readonly string[]>>;
  /** Folders to copy, by their path below the root. */
  readonly copies?: Readonly<Record<string, string>>;
  /** Texts of files, by their path below the root. */
  readonly files?: Readonly<Record<string, string>>;
  readonly world?: WorkflowsWorld;
  readonly faults?: readonly WorkflowsFault[];
}

/** Judges documents of Vertex AI Pipelines, and executes them without containers. Start one for each file of tests. */
export class KfpJudge implements AsyncDisposable {
  private constructor(private readonly process: JudgeProcess) {}

  /** @throws Error where the judge cannot run: use it within `describeJudge('kfp', …)`. */
  static async start(): Promise<KfpJudge> {
    const process = new JudgeProcess(judgePython('kfp'), resolve(__dirname, '../judges/kfp/judge.py'), []);
    await process.greeting;
    return new KfpJudge(process);
  }

  /** What is wrong with a document: as a pipeline specification, and with what it refers to. */
  async problems(document: unknown): Promise<readonly string[]> {
    return (await this.process.request({ op: 'problems', document })) as readonly string[];
  }

  /** Whether a condition holds for these values of the inputs that it names. */
  async holds(condition: string, values: Readonly<Record<string, number>>): Promise<boolean> {
    return (await this.process.request({ op: 'holds', condition, values })) as boolean;
  }

  /** What is wrong with a body of customJobs.create. */
  async jobProblems(body: unknown): Promise<readonly string[]> {
    return (await this.process.request({ op: 'job', body })) as readonly string[];
  }

  /** @throws Error for requests that Google would not have understood. */
  async run(request: KfpRunRequest): Promise<KfpRun> {
    const run = (await this.process.request({ op: 'run', ...request })) as KfpRun;
    if (run.findings !== undefined) throw new Error(`Google would refuse:\n${run.findings.join('\n')}`);
    return run;
  }

  /**
   * A task of the platform's program that waits for what has no end, and is told to stop after a call of the method that
   * `until` is the end of; `{root}` in `args` is a folder.
   */
  async terminate(
    args: readonly string[],
    until: string,
    world: WorkflowsWorld,
  ): Promise<{ readonly code: number; readonly calls: readonly WorkflowsCall[]; readonly said: string }> {
    return (await this.process.request({ op: 'terminate', args, until, world })) as Awaited<
      ReturnType<KfpJudge['terminate']>
    >;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.close();
  }
}
