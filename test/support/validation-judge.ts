import { resolve } from 'node:path';
import { snapshotManifest } from '../../lib/plan/pipeline/snapshot-manifest';
import type { ValidationJob, ValidationRule } from '../../lib/plan/validation/validation-job';
import { type JobFile, JobJudge, type JobRun } from './job-judge';

/** The validation job. */
export const VALIDATION_JOB = resolve(__dirname, '../../lib/jobs/validation');

export interface JudgedRule {
  readonly name: string;
  readonly kind: ValidationRule['kind'];
  readonly columns: readonly string[];
  readonly status: 'holds' | 'violated' | 'unjudged';
  readonly expected: string;
  readonly found: string;
  /** That break it. */
  readonly rows: number;
  readonly unjudgedRows?: number;
  readonly examples: readonly string[];
}

export interface ValidationResult {
  readonly schemaVersion: 1;
  readonly status: 'VALID' | 'INVALID';
  readonly dataset: string;
  readonly snapshot: string | null;
  readonly committedAt: string | null;
  readonly agesAt: string;
  readonly rows: number;
  readonly files: number;
  readonly violated: readonly string[];
  readonly rules: readonly JudgedRule[];
}

export interface ValidationRun extends JobRun {
  readonly result: ValidationResult | null;
}

/** The job in a process of Python with its oracles. Start one for each file of tests. */
export class ValidationJudge extends JobJudge {
  /** @throws Error where the judge cannot run: use it within `describeJudge(JOBS_ENV, …)`. */
  static async start(): Promise<ValidationJudge> {
    return new ValidationJudge(await JobJudge.processOf('validation'));
  }

  /** Runs the job on files in `rules/rules.json` and `data/`, as if it were the first of February 2026. */
  async run(files: Readonly<Record<string, JobFile>>, fault?: string): Promise<ValidationRun> {
    return (await this.process.request({ op: 'job', files, fault })) as ValidationRun;
  }

  /** Runs the job on data of a dataset as the plan says what it is checked against. */
  async check(job: ValidationJob, data: Readonly<Record<string, JobFile>>): Promise<ValidationResult> {
    const placed = Object.fromEntries(Object.entries(data).map(([path, file]) => [`data/${path}`, file]));
    const run = await this.run({ 'data/manifest.json': MANIFEST, 'rules/rules.json': { json: job }, ...placed });
    const { code, result, stderr } = run;
    if (result === null || code !== (result.status === 'VALID' ? 0 : 3))
      throw new Error(`The job ended with ${code}: ${stderr}`);
    return result;
  }
}

/** A manifest as every cloud writes it. */
export const MANIFEST: JobFile = {
  json: snapshotManifest({
    dataset: 'payments',
    snapshot: '42',
    committedAt: '2026-01-30T12:00:00.123Z',
    folder: 's3://artifacts/snapshots/payments/42/a1/',
  }),
};
