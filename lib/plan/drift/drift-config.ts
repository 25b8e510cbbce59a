import {
  type ColumnType,
  type ComparedColumn,
  DEFAULT_DRIFT_METHOD,
  DRIFT_METHODS,
  type DriftMethod,
  type DriftSpec,
} from '../../spec/drift';
import { QUALITY_METRICS, type QualityMetric, type QualitySpec } from '../../spec/quality';

/** Version of the format of config.json that the drift job reads. */
export const CONFIG_VERSION = 1;

/**
 * What the drift job is told, `config.json`, as far as it is known before a run. The job completes nothing of it by itself:
 * methods and thresholds are written out. A machine adds what it knows at run time: RunConfig.
 */
export interface DriftConfig {
  readonly schemaVersion: typeof CONFIG_VERSION;
  readonly features: readonly { readonly name: string; readonly type: ColumnType }[];
  /** Names of values of requests that have none. Default: those of the features. */
  readonly columns?: readonly string[];
  readonly prediction?: { readonly name: string; readonly type: ColumnType; readonly index?: number };
  /** What labels say; only where quality is measured. */
  readonly target?: { readonly name: string; readonly type: ColumnType; readonly positive?: string | number | boolean };
  /** What of performance is published; only where quality is measured. Where it cannot be told, the status says so. */
  readonly metric?: QualityMetric;
  /** Column of the labels with the id of the request. */
  readonly requestId?: string;
  /** Field of each row of a request with its id. Default: the id of the request. */
  readonly requestField?: string;
  readonly methods: Readonly<Record<string, DriftMethod>>;
  readonly thresholds: { readonly share: number; readonly perColumn: Readonly<Record<string, number>> };
  readonly minRows: number;
  readonly segments: readonly string[];
  readonly maxCategories: number;
}

/** What a machine adds to a DriftConfig for one run. */
export interface RunConfig {
  /** The version that serves, as the registry of the cloud calls it. */
  readonly model: { readonly name: string; readonly version: string };
  /** Start (included) and end (excluded) of the requests, ISO 8601. */
  readonly window: { readonly start: string; readonly end: string };
  /** How requests were recorded. */
  readonly format: 'sagemaker-capture' | 'vertex-bq-export';
}

/** What the job that compares requests with the reference is told. */
export function driftConfig(drift: DriftSpec): DriftConfig {
  const { features, columns, prediction, segments, minRows, maxCategories, threshold } = drift;
  const compared: readonly (readonly [string, ComparedColumn])[] = [
    ...Object.entries(features),
    ...(prediction === undefined ? [] : [[prediction.name, prediction] as const]),
  ];
  const methodOf = ({ type, method }: ComparedColumn): DriftMethod => method ?? DEFAULT_DRIFT_METHOD[type];
  return {
    schemaVersion: CONFIG_VERSION,
    features: Object.entries(features).map(([name, { type }]) => ({ name, type })),
    ...(columns === undefined ? {} : { columns }),
    ...(prediction === undefined
      ? {}
      : {
          prediction: {
            name: prediction.name,
            type: prediction.type,
            ...(prediction.index === undefined ? {} : { index: prediction.index }),
          },
        }),
    methods: Object.fromEntries(compared.map(([name, column]) => [name, methodOf(column)])),
    thresholds: {
      share: threshold / 100,
      perColumn: Object.fromEntries(
        compared.map(([name, column]) => [name, column.threshold ?? DRIFT_METHODS[methodOf(column)].threshold]),
      ),
    },
    minRows,
    segments,
    maxCategories,
  };
}

/** What the job is told that measures answers by their labels. It compares too, of an older window, which nobody is told of. */
export function qualityConfig(drift: DriftSpec, quality: QualitySpec): DriftConfig {
  const { labels, metric, minRows } = quality;
  return {
    ...driftConfig(drift),
    target: {
      name: labels.column,
      type: QUALITY_METRICS[metric].labels,
      ...(labels.positive === undefined ? {} : { positive: labels.positive }),
    },
    metric,
    requestId: labels.requestId,
    ...(labels.requestField === undefined ? {} : { requestField: labels.requestField }),
    minRows,
  };
}
