import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { MachineType } from '../../plan/machines/machines';
import { VARIANT } from '../../plan/rollout';
import type { MetricFacts, MetricSignal } from '../../plan/serving-signals';
import type { Judgement } from '../alerts/alert-channel';

/**
 * Metrics of the requests to an endpoint, in `AWS/SageMaker`. ModelLatency and OverheadLatency are in microseconds. Of
 * each request the error metrics get 1 if it failed and else 0, so their average is the share of failed requests.
 * Source: SageMaker developer guide, "Amazon SageMaker AI metrics in Amazon CloudWatch", "endpoint invocation metrics".
 */
const INVOCATION_METRICS = [
  'Invocation4XXErrors',
  'Invocation5XXErrors',
  'InvocationModelErrors',
  'Invocations',
  'InvocationsPerInstance',
  'ModelLatency',
  'OverheadLatency',
] as const;

/**
 * Metrics of the machines of an endpoint, in `/aws/sagemaker/Endpoints`, in percent. Those of CPUs and GPUs are sums: with
 * four CPUs, CPUUtilization goes up to 400. The normalized ones exist only for inference components.
 * Source: SageMaker developer guide, "Amazon SageMaker AI metrics in Amazon CloudWatch", "endpoint metrics".
 */
const MACHINE_METRICS = [
  'CPUUtilization',
  'DiskUtilization',
  'GPUMemoryUtilization',
  'GPUUtilization',
  'MemoryUtilization',
] as const;

/** A metric of an endpoint by its official name. */
export type EndpointMetric = (typeof INVOCATION_METRICS)[number] | (typeof MACHINE_METRICS)[number];

/** Namespace of the metrics of requests. */
export const INVOCATIONS = 'AWS/SageMaker';
/** Namespace of the metrics of machines. */
export const MACHINES = '/aws/sagemaker/Endpoints';

const namespaceOf = (name: EndpointMetric): string =>
  INVOCATION_METRICS.some((metric) => metric === name) ? INVOCATIONS : MACHINES;

/** A metric of an endpoint over all its versions, every minute unless `options` say otherwise. */
export function endpointMetric(
  metricName: EndpointMetric,
  endpointName: string,
  options: cloudwatch.MetricOptions = {},
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: namespaceOf(metricName),
    metricName,
    dimensionsMap: { EndpointName: endpointName, VariantName: VARIANT },
    period: Duration.minutes(1),
    ...options,
  });
}

/** How CloudWatch judges a signal: which metric, over which periods, and from where on it is bad. */
export interface EndpointJudgement extends Judgement {
  readonly namespace: string;
  readonly metricName: EndpointMetric;
  /** As in GetMetricStatistics; percentiles are extended statistics. */
  readonly statistic: 'p95' | 'Average' | 'Maximum' | 'Sum';
  readonly periodSeconds: number;
}

/** What of a machine the sums of its CPUs and GPUs depend on. */
export type MachineShape = Pick<MachineType, 'vcpu' | 'accelerator'>;

const STATISTICS: Readonly<Record<MetricFacts['statistic'], EndpointJudgement['statistic']>> = {
  p95: 'p95',
  average: 'Average',
  maximum: 'Maximum',
  sum: 'Sum',
};

interface Measure {
  readonly metricName: EndpointMetric;
  /** A value in the portable unit as one in the unit of the metric. */
  readonly native: (value: number, machine: MachineShape) => number;
}

const same = (value: number): number => value;

const MEASURES: Readonly<Record<MetricFacts['metric'], Measure>> = {
  latency: { metricName: 'ModelLatency', native: (milliseconds) => milliseconds * 1000 },
  failures: { metricName: 'Invocation5XXErrors', native: (percent) => percent / 100 },
  requests: { metricName: 'Invocations', native: same },
  cpu: { metricName: 'CPUUtilization', native: (percent, { vcpu }) => percent * vcpu },
  gpu: { metricName: 'GPUUtilization', native: (percent, { accelerator }) => percent * (accelerator?.count ?? 1) },
  memory: { metricName: 'MemoryUtilization', native: same },
  disk: { metricName: 'DiskUtilization', native: same },
};

/** Renders a signal of an endpoint on the machine that serves. */
export function endpointJudgement({ facts, threshold }: MetricSignal, machine: MachineShape): EndpointJudgement {
  const { metricName, native } = MEASURES[facts.metric];
  return {
    namespace: namespaceOf(metricName),
    metricName,
    statistic: STATISTICS[facts.statistic],
    periodSeconds: facts.periodSeconds,
    threshold: native(threshold, machine),
    bad: facts.bad,
    datapoints: facts.datapoints,
    missing: facts.missing,
  };
}
