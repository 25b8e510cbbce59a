import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { allow } from '../access/grant-statement';
import type { Grantors } from '../access/grantors';
import type { IDataLake } from '../data-lake/data-lake';
import { grantPublishMetrics } from '../training-cluster/training-metrics';
import { DRIFT_NAMESPACE } from './drift-namespace';

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
