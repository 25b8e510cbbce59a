import { ArnFormat, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { allow } from '../access/grant-statement';
import type { Grantors } from '../access/grantors';
import type { IDataLake } from '../data-lake/data-lake';
import { grantPublishMetrics } from '../training-cluster/training-metrics';
import { DRIFT_NAMESPACE } from './drift-namespace';

/** Log group of all processing jobs of an account. The service chooses its name. Source: SageMaker developer guide, "CloudWatch Logs". */
export const PROCESSING_LOG_GROUP = '/aws/sagemaker/ProcessingJobs';

/** Lets a job write what it prints. */
export function grantProcessingLogs(stack: Stack, to: iam.IGrantable): void {
  const group = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: PROCESSING_LOG_GROUP,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  allow(
    to,
    ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    [group, `${group}:*`],
  );
}

/** Lets someone create and see processing jobs whose names begin with a name of the plan and two hyphens. */
export function grantRunJobs(scope: Construct, name: string, to: iam.IGrantable): void {
  const jobs = Stack.of(scope).formatArn({
    service: 'sagemaker',
    resource: 'processing-job',
    resourceName: `${name}--*`,
  });
  allow(to, ['sagemaker:AddTags', 'sagemaker:CreateProcessingJob', 'sagemaker:DescribeProcessingJob'], [jobs]);
}

/** What is granted to the machine that watches beyond what the owners of things grant. It reads tables by queries. */
export function watchGrantors(
  scope: Construct,
  { names, lake }: { readonly names: PlatformNames; readonly lake?: IDataLake },
): Grantors {
  const stack = Stack.of(scope);
  return {
    parameter: (_verb, name, to) => {
      const parameter = names.parameter(...name.split('/'));
      const arn = stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: parameter.slice(1) });
      allow(to, ['ssm:GetParameter'], [arn]);
    },
    metric: (_verb, _name, to) => grantPublishMetrics([DRIFT_NAMESPACE], to),
    ...(lake === undefined
      ? {}
      : {
          dataset: (verb, name, to) => {
            lake.grantors.dataset(verb, name, to);
            lake.grants.query(to);
          },
        }),
  };
}
