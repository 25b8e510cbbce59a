import { Stack } from 'aws-cdk-lib';
import type * as batch from 'aws-cdk-lib/aws-batch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { allow } from '../../access/grant-statement';
import { definitionName } from '../../training-cluster/batch-training';

export interface JobGrantsProps {
  readonly queueArn: string;
  readonly definitions: readonly batch.CfnJobDefinition[];
  /** Tags of the jobs, and of nobody else's. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Lets someone run jobs of some definitions, any revision of them, and end those that carry their tags. Source: Service
 * Authorization Reference, "AWS Batch"; AWS Batch user guide, "Tag your resources": tags of a job are given when it is submitted.
 */
export function grantJobs(scope: Construct, { queueArn, definitions, tags }: JobGrantsProps, to: iam.IGrantable): void {
  const stack = Stack.of(scope);
  const arn = (resource: string, resourceName: string) => stack.formatArn({ service: 'batch', resource, resourceName });
  const tagged = (key: string) =>
    Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${key}/${name}`, value]));
  allow(
    to,
    ['batch:SubmitJob'],
    [queueArn, ...definitions.map((one) => arn('job-definition', `${definitionName(one)}:*`))],
  );
  allow(to, ['batch:TagResource'], [arn('job', '*')], { StringEquals: tagged('aws:RequestTag') });
  allow(to, ['batch:TerminateJob'], [arn('job', '*')], { StringEquals: tagged('aws:ResourceTag') });
  allow(to, ['batch:DescribeJobs', 'batch:ListJobs'], ['*']);
}

/**
 * Lets someone say how a step of a pipeline ended, and see whether its run goes on. Source: Service Authorization Reference,
 * "Amazon SageMaker AI": runs are resources below their pipeline.
 */
export function grantAnswers(scope: Construct, pipeline: string, to: iam.IGrantable): void {
  const runs = Stack.of(scope).formatArn({
    service: 'sagemaker',
    resource: 'pipeline',
    resourceName: `${pipeline}/execution/*`,
  });
  allow(
    to,
    [
      'sagemaker:DescribePipelineExecution',
      'sagemaker:SendPipelineExecutionStepFailure',
      'sagemaker:SendPipelineExecutionStepSuccess',
    ],
    [runs],
  );
}

/** Lets someone take messages out of a queue. */
export const grantConsume = (queue: sqs.IQueue, to: iam.IGrantable): void =>
  allow(to, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queue.queueArn]);
