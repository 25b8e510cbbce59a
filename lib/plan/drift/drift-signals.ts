import { SIGNAL_PERIOD_SECONDS } from '../../spec/drift';
import type { ModelSpec } from '../../spec/model';
import type { RetrainingSignal } from '../../spec/pipeline';
import type { Signal } from '../signals';
import { DRIFT_METRICS, QUALITY_METRIC } from './drift-metrics';

/** A signal that comes of a figure of the drift job. */
export interface WatchSignal extends Signal {
  readonly measures: 'metric';
  readonly threshold: number;
  readonly model: string;
  /** Name of the metric. */
  readonly metric: string;
  /** Values that are bad: from the threshold on, above it, or below it. Without data all is well. */
  readonly bad: 'from' | 'above' | 'below';
  /**
   * Seconds that one figure counts for: less than what lies between two runs, so that the signal is over before the next one.
   * Each run that finds something is told anew, and starts a retraining anew that was refused before.
   */
  readonly periodSeconds: number;
  /** One of `alerts.routes` that hears of it instead of the platform's channel. */
  readonly route?: string;
}

/** What the alert channel hears of the drift and the quality of a model. */
export interface DriftSignals {
  /** Data that drifted, `<model>-drift`; answers that did, `<model>-prediction-drift`; quality, `<model>-quality`. */
  readonly metrics: readonly WatchSignal[];
  /**
   * `<model>-drift-failed`: a run broke, what serves has no reference, or nothing can be told by the data. Too little data is no
   * failure.
   */
  readonly failed: Signal;
}

/** Name of the signal that starts a run by `triggers: { x: { signal: drift } }`. */
export const retrainingSignalName = (model: string, signal: RetrainingSignal): string => `${model}-${signal}`;

/** What is heard of a model with drift; undefined without. */
export function driftSignals(
  model: string,
  { monitoring, pipeline }: Pick<ModelSpec, 'monitoring' | 'pipeline'>,
): DriftSignals | undefined {
  const { drift, quality } = monitoring ?? {};
  if (drift === undefined) return undefined;
  const next = (signal: RetrainingSignal): string => nextStep(model, signal, pipeline);
  const common = { measures: 'metric', model, periodSeconds: SIGNAL_PERIOD_SECONDS } as const;
  const by = ({ severity, route }: Pick<typeof drift, 'severity' | 'route'>) => ({
    severity,
    ...(route === undefined ? {} : { route }),
  });
  const metrics: WatchSignal[] = [
    {
      ...common,
      ...by(drift),
      name: retrainingSignalName(model, 'drift'),
      metric: DRIFT_METRICS.driftShare.name,
      threshold: drift.threshold / 100,
      bad: 'from',
      text: `At least ${drift.threshold} % of the columns that the model is asked with have drifted from what it was trained on. The report says which, and how. A mistake in what callers send is mended there. If the world has changed: ${next('drift')}`,
    },
  ];
  if (drift.prediction !== undefined)
    metrics.push({
      ...common,
      ...by(drift),
      name: `${model}-prediction-drift`,
      metric: DRIFT_METRICS.predictionDrifted.name,
      threshold: 1,
      bad: 'from',
      text: `What the model answers has drifted from the reference. Compare the report with the rollouts of the last days: a new version answers otherwise without any drift of its data. Roll back with mlops rollback SPEC --model ${model} if it is wrong.`,
    });
  if (quality !== undefined) {
    const { metric, atLeast, atMost } = quality;
    metrics.push({
      ...common,
      ...by(quality),
      name: retrainingSignalName(model, 'quality'),
      metric: QUALITY_METRIC,
      ...(atLeast === undefined
        ? { threshold: atMost ?? 0, bad: 'above' as const }
        : { threshold: atLeast, bad: 'below' as const }),
      text: `By the labels that have arrived, ${metric} of the model is ${atLeast === undefined ? `above ${atMost}` : `below ${atLeast}`}. The report says for which segments. ${capital(next('quality'))}`,
    });
  }
  return { metrics, failed: failed(model) };
}

/** Every signal of drift and quality of a platform. */
export function planDriftSignals(
  models: Readonly<Record<string, Pick<ModelSpec, 'monitoring' | 'pipeline'>>>,
): readonly Signal[] {
  return Object.entries(models).flatMap(([name, model]) => {
    const signals = driftSignals(name, model);
    return signals === undefined ? [] : [...signals.metrics, signals.failed];
  });
}

const failed = (model: string): Signal => ({
  name: `${model}-drift-failed`,
  measures: 'event',
  severity: 'warning',
  model,
  text: 'Drift or quality of the model could not be measured: until it is, nobody would know of it. Read the execution and the log of the job; mend the cause, and start the execution again with the same input. The schedule tries again by itself.',
});

/** What happens after a signal: a retraining by itself where a trigger is for it, else what to do. */
function nextStep(model: string, signal: RetrainingSignal, pipeline: ModelSpec['pipeline']): string {
  const train = `run mlops train SPEC --model ${model}.`;
  if (pipeline === undefined) return 'train a version on newer data and register it.';
  const [trigger] = Object.entries(pipeline.triggers).find(([, { signal: by }]) => by === signal) ?? [];
  return trigger === undefined
    ? train
    : `the trigger ${trigger} starts the training pipeline, unless a run is under way or began within the last ${pipeline.cooldown.text}; then ${train}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
