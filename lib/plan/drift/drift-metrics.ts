import type { QualitySpec } from '../../spec/quality';

/** A figure of figures.json that is published, in the words of both clouds; each has its own spelling of name and unit. */
export interface WatchMetric {
  readonly name: string;
  /** share: 0 to 1. count: how many. score: a number without a unit. flag: 1 if it is so, else 0. */
  readonly unit: 'share' | 'count' | 'score' | 'flag';
  /** Where figures.json has it. Where nothing is there, or null, nothing is published. */
  readonly path: readonly string[];
  /** Of a flag: what has to be there. */
  readonly is?: string | boolean;
  /** Whether it means something, if it is there, where the data did not suffice (status INSUFFICIENT_DATA). */
  readonly always: boolean;
}

/**
 * Status of figures.json where there was too little to compare, or to measure quality by. It is no failure, and only metrics
 * that are `always` come of it.
 */
export const INSUFFICIENT_DATA = 'INSUFFICIENT_DATA';

/**
 * Status of figures.json where nothing can be told by the data until somebody does something: its one reason says what. There
 * are no figures, and the channel hears of it as of a job that failed.
 */
export const UNMEASURED = 'UNMEASURED';

/** What comes of the comparison of requests with the reference. */
export const DRIFT_METRICS = {
  driftShare: { name: 'DriftShare', unit: 'share', path: ['dataset', 'share'], always: false },
  driftedColumns: { name: 'DriftedColumns', unit: 'count', path: ['dataset', 'drifted'], always: false },
  predictionDrift: { name: 'PredictionDrift', unit: 'score', path: ['prediction', 'score'], always: false },
  predictionDrifted: {
    name: 'PredictionDrifted',
    unit: 'flag',
    path: ['prediction', 'drifted'],
    is: true,
    always: false,
  },
  missingShare: { name: 'MissingShare', unit: 'share', path: ['quality', 'missingShare'], always: true },
  rowsCurrent: { name: 'RowsCurrent', unit: 'count', path: ['rows', 'current'], always: true },
  driftStatus: { name: 'DriftStatus', unit: 'flag', path: ['status'], is: 'DRIFT', always: false },
} as const satisfies Readonly<Record<string, WatchMetric>>;

/** What comes of the comparison of answers with their labels. */
export const qualityMetrics = ({ metric }: Pick<QualitySpec, 'metric'>) =>
  ({
    quality: { name: QUALITY_METRIC, unit: 'score', path: ['performance', metric], always: true },
    labelledRows: { name: 'LabelledRows', unit: 'count', path: ['labelledRows'], always: true },
  }) as const satisfies Readonly<Record<string, WatchMetric>>;

/** Name of the metric that `monitoring.quality` watches, whichever it is. */
export const QUALITY_METRIC = 'ModelQuality';
