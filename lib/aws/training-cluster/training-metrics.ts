import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { allow } from '../access/grant-statement';

/** Namespace that trainings may publish metrics of their own in. */
export const TRAINING_METRICS = 'MLOps/Training';

/** Namespace of what SageMaker measures of trainings, and of the metrics that their definitions find in logs. */
export const TRAINING_JOB_METRICS = '/aws/sagemaker/TrainingJobs';

/**
 * What SageMaker measures of each node of a training.
 * Source: SageMaker developer guide, "Amazon SageMaker AI metrics in Amazon CloudWatch".
 */
export type TrainingJobMetric =
  | 'CPUUtilization'
  | 'DiskUtilization'
  | 'GPUMemoryUtilization'
  | 'GPUUtilization'
  | 'MemoryUtilization';

/** A metric of one node, counted from 1, of a SageMaker training. */
export function trainingJobMetric(
  metricName: TrainingJobMetric,
  trainingJobName: string,
  node = 1,
  props?: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: TRAINING_JOB_METRICS,
    metricName,
    dimensionsMap: { Host: `${trainingJobName}/algo-${node}` },
    ...props,
  });
}

/** Lets someone publish metrics in some namespaces; metrics themselves have no resource level. */
export function grantPublishMetrics(namespaces: readonly string[], to: iam.IGrantable): void {
  allow(to, ['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': namespaces } });
}
