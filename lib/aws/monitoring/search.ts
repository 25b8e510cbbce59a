import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

export interface MetricSearch {
  readonly namespace: string;
  readonly metricName: string;
  /** Dimensions whose value is known. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** The other dimension: there is a line for each of its values. */
  readonly each: string;
  readonly statistic: 'Sum' | 'Maximum';
  readonly period: Duration;
  /** Units of the metric in one of the graph. Default: 1. */
  readonly divisor?: number;
}

/**
 * A line for each value of a dimension, whatever values there are when somebody looks.
 * Source: CloudWatch user guide, "CloudWatch search expression syntax" and "Using dynamic labels".
 */
export function searchMetrics(wanted: MetricSearch): cloudwatch.IMetric {
  const { namespace, metricName, dimensions, each, statistic, period, divisor } = wanted;
  const schema = [namespace, ...[each, ...Object.keys(dimensions)].sort()].join(',');
  const values = Object.entries(dimensions).map(([name, value]) => ` ${name}="${value}"`);
  const search = `SEARCH('{${schema}} MetricName="${metricName}"${values.join('')}', '${statistic}', ${period.toSeconds()})`;
  return new cloudwatch.MathExpression({
    expression: divisor === undefined ? search : `${search} / ${divisor}`,
    label: `\${PROP('Dim.${each}')}`,
    period,
  });
}
