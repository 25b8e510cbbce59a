import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SCORECARD_METRICS, type ScorecardMetric } from '../../plan/scorecard';

/** Namespace of the scorecard of a platform. */
export const SCORECARD_NAMESPACE = 'MLOps/Models';

/** Units of CloudWatch. */
export const SCORECARD_UNITS: Readonly<Record<ScorecardMetric['unit'], string>> = {
  count: 'Count',
  seconds: 'Seconds',
};

/** Dimensions of the scorecard. */
export const PLATFORM_DIMENSION = 'Platform';
export const MODEL_DIMENSION = 'Model';

/** Models of a platform that serve, as counted once a day. */
export function modelsInProductionMetric(platform: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: SCORECARD_NAMESPACE,
    metricName: SCORECARD_METRICS.modelsInProduction.name,
    dimensionsMap: { [PLATFORM_DIMENSION]: platform },
    statistic: cloudwatch.Stats.MAXIMUM,
    period: Duration.days(1),
  });
}

/** Seconds since the version of a model that serves was promoted, as measured once a day. */
export function championAgeMetric(platform: string, model: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: SCORECARD_NAMESPACE,
    metricName: SCORECARD_METRICS.championAge.name,
    dimensionsMap: { [PLATFORM_DIMENSION]: platform, [MODEL_DIMENSION]: model },
    statistic: cloudwatch.Stats.MAXIMUM,
    period: Duration.days(1),
  });
}
