import { resolve } from 'node:path';
import { judgePython } from './describe-judge';
import { JudgeProcess } from './python-process';

/** Judges definitions of SageMaker Pipelines by the service model. Start one for each file of tests. */
export class SageMakerJudge implements AsyncDisposable {
  private constructor(private readonly process: JudgeProcess) {}

  /** @throws Error where the judge cannot run: use it within `describeJudge('templates', …)`. */
  static async start(): Promise<SageMakerJudge> {
    const process = new JudgeProcess(judgePython('templates'), resolve(__dirname, '../judges/sagemaker/judge.py'), []);
    await process.greeting;
    return new SageMakerJudge(process);
  }

  /** What the service would not take of a definition, or what would lead nowhere in it. */
  async problems(document: unknown): Promise<readonly string[]> {
    return (await this.process.request({ op: 'problems', document })) as readonly string[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.close();
  }
}
