import { ArnFormat, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { allow } from '../access/grant-statement';

/**
 * Log groups of all jobs of an account and region. The service makes them; nobody chooses their names. Source: SageMaker
 * developer guide, "CloudWatch Logs for Amazon SageMaker AI".
 */
export const JOB_LOG_GROUPS = {
  processing: '/aws/sagemaker/ProcessingJobs',
  training: '/aws/sagemaker/TrainingJobs',
} as const;

/**
 * Lets jobs of a kind write what they print. Source: SageMaker developer guide, "SageMaker roles", CreateTrainingJob API:
 * execution role permissions.
 */
export function grantJobLogs(scope: Construct, kind: keyof typeof JOB_LOG_GROUPS, to: iam.IGrantable): void {
  const group = Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: JOB_LOG_GROUPS[kind],
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  allow(
    to,
    ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    [group, `${group}:*`],
  );
}
