import type { MonitoringAlertPolicyConditions } from '@cdktf/provider-google/lib/monitoring-alert-policy';
import type { MetricSignal } from '../../plan/serving-signals';
import { endpointMetric, VISIBLE_AFTER } from './endpoint-metrics';
import { type MachineShape, measuredValue, requests } from './endpoint-values';
import { ago } from './promql';

type PromqlCondition = Pick<MonitoringAlertPolicyConditions, 'conditionPrometheusQueryLanguage'>;

export interface WatchedEndpoint {
  /** Number of the endpoint. */
  readonly endpointName: string;
  readonly machine: MachineShape;
}

/**
 * A signal of an endpoint as Cloud Monitoring judges it. Every period it is asked whether the value is bad, and so many bad
 * answers in a row are an alert. Metrics of an endpoint exist only once a first version has served, so their existence is
 * not checked.
 * Source: Cloud Monitoring API, PrometheusQueryLanguageCondition: what the query gives anything for is bad.
 */
export function endpointCondition(signal: MetricSignal, endpoint: WatchedEndpoint): PromqlCondition {
  const { periodSeconds, datapoints, missing } = signal.facts;
  return {
    conditionPrometheusQueryLanguage: {
      query: missing === 'bad' ? silence(signal, endpoint) : excess(signal, endpoint),
      // The first bad answer begins the time, so there is one period less than there are answers.
      duration: missing === 'bad' ? '0s' : `${periodSeconds * (datapoints - 1)}s`,
      evaluationInterval: `${periodSeconds}s`,
      disableMetricValidation: true,
    },
  };
}

/** Nothing is measured, nothing is bad. */
function excess({ facts, threshold }: MetricSignal, endpoint: WatchedEndpoint): string {
  const value = measuredValue(facts, { ...endpoint, seconds: facts.periodSeconds });
  return `${value} ${facts.bad === 'above' ? '>' : '<'} ${threshold}`;
}

/**
 * Too few requests in all periods together, which is the same as in each where one request is enough. It speaks only
 * of an endpoint that had machines at the begin of that time and has some now: not before the first version serves, and
 * not after the last one is gone. Machines are counted whether there are requests or not.
 */
function silence({ facts, threshold }: MetricSignal, { endpointName, machine }: WatchedEndpoint): string {
  const seconds = facts.periodSeconds * facts.datapoints;
  const machines = (when: number) => `sum(${ago(endpointMetric('replicas', endpointName), when)}) > 0`;
  // When the last of the answers can be seen, so that machines and answers are looked at over the same time.
  const end = Math.max(VISIBLE_AFTER.response_count, VISIBLE_AFTER['private/response_count']);
  const few = `(${requests({ endpointName, machine, seconds })} or vector(0)) < ${threshold}`;
  return [few, machines(end), machines(end + seconds)].join(' and ');
}
