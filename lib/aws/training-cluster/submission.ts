import { Arn, type Stack } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { allow } from '../access/grant-statement';

/** What somebody needs who starts trainings on a managed cluster. */
export interface ManagedSubmission {
  readonly kind: 'managed';
  /** Role that trainings run as. */
  readonly roleArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

/** What somebody needs who starts trainings on a batch cluster. */
export interface BatchSubmission {
  readonly kind: 'batch';
  readonly queueArn: string;
  /** Name of the job definition, without its revision. */
  readonly jobDefinitionName: string;
  /** Role that trainings run as. */
  readonly roleArn: string;
  /** Role that starts them: pulls images and carries logs. */
  readonly executionRoleArn: string;
}

export type Submission = ManagedSubmission | BatchSubmission;

/**
 * Lets someone start trainings that run as the cluster's role, in its network, and see how they go. Source: Service
 * Authorization Reference, "Amazon SageMaker" and "AWS Batch".
 */
export function grantSubmit(
  stack: Stack,
  submission: Submission,
  repository: ecr.IRepository,
  to: iam.IGrantable,
): void {
  if (submission.kind === 'managed') grantTrainingJobs(stack, submission, to);
  else grantJobs(stack, submission, repository, to);
}

function grantTrainingJobs(stack: Stack, submission: ManagedSubmission, to: iam.IGrantable): void {
  const jobs = [Arn.format({ service: 'sagemaker', resource: 'training-job', resourceName: '*' }, stack)];
  allow(to, ['sagemaker:CreateTrainingJob'], jobs, {
    'ForAllValues:StringEquals': {
      'sagemaker:VpcSubnets': submission.subnetIds,
      'sagemaker:VpcSecurityGroupIds': [submission.securityGroupId],
    },
    // "All values are these" holds for a training without any network too.
    Null: { 'sagemaker:VpcSubnets': 'false', 'sagemaker:VpcSecurityGroupIds': 'false' },
  });
  allow(to, ['sagemaker:AddTags'], jobs, { StringEquals: { 'sagemaker:TaggingAction': 'CreateTrainingJob' } });
  allow(to, ['sagemaker:DescribeTrainingJob'], jobs);
  pass([submission.roleArn], 'sagemaker.amazonaws.com', to);
}

/**
 * A job runs as the role of its definition, so nobody may submit others than revisions of the cluster's own; and a
 * revision runs an image of the cluster's repository.
 */
function grantJobs(
  stack: Stack,
  { queueArn, jobDefinitionName, roleArn, executionRoleArn }: BatchSubmission,
  { repositoryUri }: ecr.IRepository,
  to: iam.IGrantable,
): void {
  const definition = Arn.format(
    { service: 'batch', resource: 'job-definition', resourceName: jobDefinitionName },
    stack,
  );
  const revisions = [definition, `${definition}:*`];
  allow(to, ['batch:SubmitJob'], [queueArn, ...revisions]);
  allow(to, ['batch:RegisterJobDefinition'], revisions, {
    StringLikeIfExists: { 'batch:Image': [`${repositoryUri}:*`, `${repositoryUri}@*`] },
    BoolIfExists: { 'batch:Privileged': 'false' },
  });
  allow(to, ['batch:DescribeJobDefinitions', 'batch:DescribeJobs'], ['*']);
  pass([roleArn, executionRoleArn], 'ecs-tasks.amazonaws.com', to);
}

function pass(roleArns: readonly string[], service: string, to: iam.IGrantable): void {
  allow(to, ['iam:PassRole'], roleArns, { StringEquals: { 'iam:PassedToService': service } });
}
