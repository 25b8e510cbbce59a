import type { MonitoringAlertPolicyConditions } from '@cdktf/provider-google/lib/monitoring-alert-policy';
import type { WatchSignal } from '../../plan/drift/drift-signals';
import { over, selector } from '../monitoring/promql';
import { SCORECARD_RESOURCE } from '../monitoring/scorecard-metrics';
import { driftLabels, driftType } from './drift-metrics';

const COMPARES = { from: '>=', above: '>', below: '<' } as const satisfies Record<WatchSignal['bad'], string>;

/** Seconds between two looks. */
const LOOK_SECONDS = 300;

/**
 * A figure of the drift job as Cloud Monitoring judges it. It counts for the period of the signal, so that an incident ends
 * before the next run and each run that finds something is told anew. The figure exists only once a first run published it,
 * so its existence is not checked.
 * Source: Cloud Monitoring API, PrometheusQueryLanguageCondition: what the query gives anything for is bad.
 */
export function driftCondition(
  { metric, bad, threshold, periodSeconds, model }: WatchSignal,
  platform: string,
): Pick<MonitoringAlertPolicyConditions, 'conditionPrometheusQueryLanguage'> {
  const figure = selector(driftType({ name: metric }), SCORECARD_RESOURCE, driftLabels(platform, model));
  return {
    conditionPrometheusQueryLanguage: {
      query: `max(last_over_time(${over(figure, { seconds: periodSeconds })})) ${COMPARES[bad]} ${threshold}`,
      duration: '0s',
      evaluationInterval: `${LOOK_SECONDS}s`,
      disableMetricValidation: true,
    },
  };
}
