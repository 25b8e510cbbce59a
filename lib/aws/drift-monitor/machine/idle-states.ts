import { DRIFT_METRICS, qualityMetrics, type WatchMetric } from '../../../plan/drift/drift-metrics';
import { type AslState, expr } from '../../machine/asl';
import type { DriftMachineProps } from './drift-props';
import { datumOf, publish } from './publish-state';

/** An end at which there is nothing to measure: no failure, and nobody is told. */
export const idle = (outcome: string, detail: string): AslState => ({
  Type: 'Pass',
  Output: { outcome, detail: expr(detail) },
  End: true,
});

/** Such an end where a version serves, `name`, and `Publish<name>` before it: metrics say that no row was measured. */
export function withoutRows(
  props: DriftMachineProps,
  name: string,
  outcome: string,
  detail: string,
): Readonly<Record<string, AslState>> {
  const { labelledRows } = qualityMetrics({ metric: 'accuracy' });
  const datum = (metric: WatchMetric): string => `[${datumOf(props, metric, '0')}]`;
  return {
    [`Publish${name}`]: publish(
      `$run = 'quality' ? ${datum(labelledRows)} : ${datum(DRIFT_METRICS.rowsCurrent)}`,
      name,
    ),
    [name]: idle(outcome, detail),
  };
}
