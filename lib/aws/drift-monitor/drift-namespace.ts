import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { WatchMetric } from '../../plan/drift/drift-metrics';
import { MODEL_DIMENSION, PLATFORM_DIMENSION } from '../monitoring/scorecard-metrics';

export { MODEL_DIMENSION, PLATFORM_DIMENSION };

/** Namespace of the figures of drift and quality. */
export const DRIFT_NAMESPACE = 'MLOps/Drift';

/** Units of CloudWatch. */
export const DRIFT_UNITS: Readonly<Record<WatchMetric['unit'], string>> = {
  share: 'None',
  count: 'Count',
  score: 'None',
  flag: 'None',
};

/** A figure of drift or quality of a model, by the name that the plan gives it; one for each run of the job. */
export function driftMetric(
  metricName: string,
  { platform, model }: { readonly platform: string; readonly model: string },
  options: cloudwatch.MetricOptions = {},
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: DRIFT_NAMESPACE,
    metricName,
    dimensionsMap: { [PLATFORM_DIMENSION]: platform, [MODEL_DIMENSION]: model },
    statistic: cloudwatch.Stats.MAXIMUM,
    period: Duration.hours(1),
    ...options,
  });
}
