import { type MetricSignal, servingSignals } from '../../plan/serving-signals';
import type { MonitoringSpec } from '../../spec/monitoring';
import type { ServingSpec } from '../../spec/serving';

/** How a model serves, if it does, and its thresholds. */
export interface WatchedModel {
  readonly serving?: Pick<ServingSpec, 'accelerator' | 'rollout'> | undefined;
  /** Default: DEFAULT_MONITORING. */
  readonly monitoring?: MonitoringSpec | undefined;
}

/** Signals of a model whose alarms are in a stack: not those that are armed once a first version serves. */
export function stackSignals(model: string, { serving, monitoring }: WatchedModel): readonly MetricSignal[] {
  if (serving === undefined) return [];
  return servingSignals(model, serving, monitoring).metrics.filter(({ facts }) => facts.armed === 'always');
}
