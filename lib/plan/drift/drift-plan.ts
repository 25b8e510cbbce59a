import type { MachineSize } from '../../spec/machine-keys';
import type { ModelSpec } from '../../spec/model';
import { DEFAULT_TIME_ZONE } from '../../spec/pipeline';
import { GIB } from '../../spec/quantity';
import type { PlatformNames } from '../names';
import { type DriftConfig, driftConfig, qualityConfig } from './drift-config';
import { DRIFT_METRICS, qualityMetrics, type WatchMetric } from './drift-metrics';
import { type DriftSignals, driftSignals } from './drift-signals';

/** What a run looks at: drift compares what was asked with the reference; quality measures what was answered. */
export const WATCH_KINDS = ['drift', 'quality'] as const;
export type WatchKind = (typeof WATCH_KINDS)[number];

/** One of the runs of a model's drift job. Each is started on its own, so that one that fails leaves the other alone. */
export interface WatchRun {
  readonly kind: WatchKind;
  /** Everything in config.json but model, window and format. */
  readonly config: DriftConfig;
  /** Seconds of requests, up to `delaySeconds` before the last full hour. */
  readonly windowSeconds: number;
  readonly delaySeconds: number;
  /** Dataset with the labels. */
  readonly labels?: string;
  /** What is published of figures.json. */
  readonly metrics: readonly WatchMetric[];
}

/** How the drift and the quality of a model are watched, as both clouds render it. */
export interface DriftPlan {
  readonly model: string;
  /**
   * Start of the names of the job's runs, and of what belongs to them; nothing else of the platform has a name that begins
   * like this and goes on with two hyphens.
   */
  readonly name: string;
  readonly runs: readonly WatchRun[];
  /** When runs start: five fields of cron, and a time zone of the IANA. */
  readonly schedule: { readonly cron: string; readonly timeZone: string };
  /** Size of the machine that compares. */
  readonly machine: MachineSize;
  /** GiB of its disk. */
  readonly diskGib: number;
  /** Longest that the job may run. */
  readonly maxRuntimeSeconds: number;
  /** Dataset that requests are compared with. Default: the `mlops-reference` of the version that serves. */
  readonly reference?: string;
  readonly signals: DriftSignals;
}

/** Longest run of the job: 2 hours. */
export const DRIFT_MAX_RUNTIME_SECONDS = 7200;

/** Plans what watches a model; undefined where its spec has no drift. */
export function planDrift(
  model: string,
  spec: Pick<ModelSpec, 'monitoring' | 'pipeline'>,
  names: PlatformNames,
): DriftPlan | undefined {
  const { drift, quality } = spec.monitoring ?? {};
  const signals = driftSignals(model, spec);
  if (drift === undefined || signals === undefined) return undefined;
  return {
    model,
    name: names.of('endpoint', model, 'drift'),
    runs: [
      {
        kind: 'drift',
        config: driftConfig(drift),
        windowSeconds: drift.window.seconds,
        delaySeconds: 0,
        metrics: Object.values(DRIFT_METRICS).filter(
          ({ path }) => drift.prediction !== undefined || path[0] !== 'prediction',
        ),
      },
      ...(quality === undefined
        ? []
        : [
            {
              kind: 'quality',
              config: qualityConfig(drift, quality),
              windowSeconds: quality.window.seconds,
              delaySeconds: quality.delay.seconds,
              labels: quality.labels.dataset,
              metrics: Object.values(qualityMetrics(quality)),
            } as const,
          ]),
    ],
    schedule: { cron: drift.schedule, timeZone: drift.timeZone ?? DEFAULT_TIME_ZONE },
    machine: drift.machine,
    diskGib: drift.disk.bytes / GIB,
    maxRuntimeSeconds: DRIFT_MAX_RUNTIME_SECONDS,
    ...(drift.reference === undefined ? {} : { reference: drift.reference }),
    signals,
  };
}
