import { resolve } from 'node:path';
import { type JobFile, JobJudge, type JobRun } from './job-judge';

/** The drift job. */
export const DRIFT_JOB = resolve(__dirname, '../../lib/jobs/drift');

export type DriftFile = JobFile;

export interface DriftColumn {
  readonly name: string;
  readonly type: string;
  readonly method: string;
  readonly score: number | null;
  readonly threshold: number;
  readonly drifted: boolean;
  /** Of reference and of current, as the other pairs are. */
  readonly values: readonly [number, number];
  readonly missingShare: readonly [number, number];
  readonly statistic?: number;
  readonly infinite?: readonly [number, number];
  readonly unreadable?: readonly [number, number];
  readonly newCategories?: { readonly count: number; readonly share: number; readonly examples: readonly string[] };
  readonly findings?: readonly string[];
}

interface DriftDataset {
  readonly columns: number;
  readonly drifted: number;
  readonly share: number;
  readonly threshold: number;
}

export interface DriftResult {
  readonly schemaVersion: 1;
  /** With UNMEASURED there are reasons, model and window, and nothing else. */
  readonly status: 'OK' | 'DRIFT' | 'INSUFFICIENT_DATA' | 'UNMEASURED';
  readonly reasons: readonly string[];
  readonly model: { readonly name: string; readonly version: string };
  readonly window: { readonly start: string; readonly end: string };
  readonly rows: Readonly<
    Record<
      'reference' | 'current' | 'outsideWindow' | 'unreadable' | 'unreadableReference' | 'unreadableAnswers',
      number
    >
  >;
  readonly dataset: DriftDataset;
  readonly columns: readonly DriftColumn[];
  readonly quality: {
    readonly missingShare: number;
    readonly newCategories: number;
    readonly infinite: number;
    readonly unreadable: number;
    readonly unreadableRows?: readonly string[];
  };
  readonly prediction?: DriftColumn;
  readonly labels?: Readonly<Record<'received' | 'conflicting' | 'unreadable' | 'matched' | 'share', number>>;
  readonly labelledRows?: number;
  readonly performance?: Readonly<Record<string, number>>;
  readonly referencePerformance?: Readonly<Record<string, number>>;
  readonly segments?: readonly {
    readonly column: string;
    readonly value: string;
    readonly status: string;
    readonly rows: { readonly reference: number; readonly current: number };
    readonly dataset: DriftDataset;
    readonly drifted: readonly string[];
    readonly performance?: Readonly<Record<string, number>>;
  }[];
  readonly segmentsLeftOut?: Readonly<Record<string, number>>;
}

export interface DriftRun extends JobRun {
  /** figures.json and report.html, null where the job wrote none. */
  readonly figures: string | null;
  readonly report: string | null;
  readonly result: DriftResult | null;
}

export interface DriftFigure {
  readonly column: string;
  readonly method: string;
  readonly ours: number | null;
  readonly scipy: number | null;
  readonly evidently: number | null;
}

export interface DriftPerformance {
  readonly ours: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly theirs: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The job in a process of Python with its oracles. Start one for each file of tests. */
export class DriftJudge extends JobJudge {
  /** @throws Error where the judge cannot run: use it within `describeJudge('drift', …)`. */
  static async start(): Promise<DriftJudge> {
    return new DriftJudge(await JobJudge.processOf('drift'));
  }

  /** Runs the job on files in `config.json`, `reference/`, `current/` and, if there are any, `labels/`. */
  async run(files: Readonly<Record<string, DriftFile>>, fault?: string): Promise<DriftRun> {
    const labels = Object.keys(files).some((path) => path.startsWith('labels/'));
    return (await this.process.request({ op: 'job', files, labels, fault })) as DriftRun;
  }

  /** The result of a job that must succeed. */
  async result(files: Readonly<Record<string, DriftFile>>, fault?: string): Promise<DriftResult> {
    const { code, result, stderr } = await this.run(files, fault);
    if (code !== 0 || result === null) throw new Error(`The job ended with ${code}: ${stderr}`);
    return result;
  }

  async figures(fault?: string): Promise<readonly DriftFigure[]> {
    return (await this.process.request({ op: 'oracle', fault })) as readonly DriftFigure[];
  }

  async performance(fault?: string): Promise<DriftPerformance> {
    return (await this.process.request({ op: 'performance', fault })) as DriftPerformance;
  }
}

const WINDOW = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' };

/** A configuration with these columns by type, and with what else it shall say. */
export function driftConfig(features: Readonly<Record<string, string>>, more: object = {}): DriftFile {
  const columns = Object.entries(features).map(([name, type]) => ({ name, type }));
  const model = { name: 'fraud-detector', version: '7' };
  return { json: { schemaVersion: 1, model, window: WINDOW, format: 'jsonl', minRows: 1, features: columns, ...more } };
}
