import type { MachineType } from '../../plan/machines/machines';
import type { MetricFacts } from '../../plan/serving-signals';
import { type EndpointMetric, endpointMetric, FAILED, VISIBLE_AFTER } from './endpoint-metrics';
import { type Labels, over } from './promql';

/** What of a machine its load is a share of. */
export type MachineShape = Pick<MachineType, 'vcpu' | 'memoryGib'>;

/** What is measured of an endpoint. */
export interface Measured {
  /** Number of the endpoint. */
  readonly endpointName: string;
  readonly machine: MachineShape;
  /** Seconds that one value stands for. */
  readonly seconds: number;
  /** Whether only what can be seen for sure is looked at. Default: true. */
  readonly whole?: boolean;
}

const BYTES = 1024 ** 3;

const window = (metric: EndpointMetric, { seconds, whole = true }: Measured) => ({
  seconds,
  delay: whole ? VISIBLE_AFTER[metric] : 0,
});

/** What a metric grew by over the window, whichever way the endpoint is reached. */
function grown(
  metric: 'prediction_latencies' | 'response_count',
  measured: Measured,
  labels: { readonly public: Labels; readonly private: Labels },
  suffix: '' | '_bucket' | '_count' | '_sum' = '',
): string {
  const part = (name: EndpointMetric, of: Labels) =>
    `increase(${over(endpointMetric(name, measured.endpointName, of, suffix), window(name, measured))})`;
  return `${part(metric, labels.public)} or ${part(`private/${metric}`, labels.private)}`;
}

/** Requests by their labels, one value for each version and class of answers. */
export const answers = (measured: Measured, labels: Labels = {}): string =>
  grown('response_count', measured, { public: labels, private: labels });

/** Requests in all, or those with these labels. */
export const requests = (measured: Measured, labels: Labels = {}): string => `sum(${answers(measured, labels)})`;

/** Share of requests in percent. Nothing where there are none. */
export const shareOf = (measured: Measured, labels: Labels): string =>
  `100 * ${requests(measured, labels)} / ${requests(measured)}`;

/** Milliseconds that so much of the answers take at most. */
export function latency(measured: Measured, quantile: number): string {
  const buckets = grown(
    'prediction_latencies',
    measured,
    { public: { latency_type: 'model' }, private: {} },
    '_bucket',
  );
  return `histogram_quantile(${quantile}, sum by (le) (${buckets}))`;
}

/** Milliseconds that an answer takes beside the model, on average. */
export function overhead(measured: Measured): string {
  const part = (suffix: '_sum' | '_count') =>
    `sum(increase(${over(endpointMetric('prediction_latencies', measured.endpointName, { latency_type: 'overhead' }, suffix), window('prediction_latencies', measured))}))`;
  return `${part('_sum')} / ${part('_count')}`;
}

/** Load of the machines: their mean, or the highest. */
function load(measured: Measured, metric: EndpointMetric, how: 'avg' | 'max'): string {
  return `${how}(${how}_over_time(${over(endpointMetric(metric, measured.endpointName), window(metric, measured))}))`;
}

const STATISTICS = { average: 'avg', maximum: 'max' } as const;

/**
 * The value of a metric of the plan, in its unit there.
 * @throws Error for what Vertex AI does not measure.
 */
export function measuredValue(
  { metric, statistic }: Pick<MetricFacts, 'metric' | 'statistic'>,
  measured: Measured,
): string {
  const { vcpu, memoryGib } = measured.machine;
  const how = statistic === 'maximum' ? STATISTICS.maximum : STATISTICS.average;
  switch (metric) {
    case 'latency':
      return latency(measured, 0.95);
    case 'failures':
      return shareOf(measured, FAILED);
    case 'requests':
      return requests(measured);
    case 'cpu':
      return `100 / ${vcpu} * ${load(measured, 'cpu/utilization', how)}`;
    case 'gpu':
      return `100 * ${load(measured, 'accelerator/duty_cycle', how)}`;
    case 'memory':
      return `100 / ${memoryGib * BYTES} * ${load(measured, 'memory/bytes_used', how)}`;
    case 'disk':
      throw new Error('Vertex AI has no metric of disks, so no signal of the plan for Google Cloud watches them');
  }
}
