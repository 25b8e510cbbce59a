import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { allow } from '../access/grant-statement';
import type { Workload } from '../access/workload';
import { diskGrants } from '../jobs/job-disk';

/** How names of jobs begin that SageMaker starts for a step of a pipeline. Source: SageMaker developer guide, "Define a pipeline". */
const JOBS_OF_PIPELINES = 'pipelines-*';

const WHAT_JOBS_NEED = {
  'processing-job': ['sagemaker:CreateProcessingJob', 'sagemaker:DescribeProcessingJob', 'sagemaker:StopProcessingJob'],
  'training-job': ['sagemaker:CreateTrainingJob', 'sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob'],
} as const;

/**
 * Lets a pipeline run jobs as a role, on disks that are encrypted with a key. SageMaker names the jobs of all pipelines alike;
 * what they may do is what the role may, which the pipeline alone can pass on.
 * Source: SageMaker developer guide, "Pipelines: IAM access management".
 */
export function grantRunSteps(to: Workload, role: iam.IRole, key: kms.IKey): void {
  const stack = Stack.of(to);
  for (const [resource, actions] of Object.entries(WHAT_JOBS_NEED))
    allow(
      to,
      [...actions, 'sagemaker:AddTags'],
      [stack.formatArn({ service: 'sagemaker', resource, resourceName: JOBS_OF_PIPELINES })],
    );
  to.addStatement(
    new iam.PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [role.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    }),
  );
  to.addStatement(diskGrants(key));
}

/** Lets someone read what jobs of steps say of how they ended. Their names do not say which pipeline they are of. */
export function grantHearJobs(stack: Stack, to: iam.IGrantable): void {
  const jobs = { service: 'sagemaker', resource: 'processing-job', resourceName: JOBS_OF_PIPELINES };
  allow(to, ['sagemaker:DescribeProcessingJob'], [stack.formatArn(jobs)]);
}

/** Lets someone start runs of a pipeline and see how they go. */
export function grantRuns(stack: Stack, pipeline: string, to: iam.IGrantable): void {
  const arn = stack.formatArn({ service: 'sagemaker', resource: 'pipeline', resourceName: pipeline });
  allow(to, ['sagemaker:ListPipelineExecutions', 'sagemaker:StartPipelineExecution'], [arn]);
  allow(
    to,
    [
      'sagemaker:DescribePipelineExecution',
      'sagemaker:ListPipelineExecutionSteps',
      'sagemaker:ListPipelineParametersForExecution',
    ],
    [`${arn}/execution/*`],
  );
}
