import type { DocumentProps } from '../../lib/aws/training-pipeline/document/document-props';
import { type PipelineDocument, pipelineDocument } from '../../lib/aws/training-pipeline/document/pipeline-document';
import { awsMachines } from '../../lib/plan/machines/aws-machines';
import type { PipelinePlan } from '../../lib/plan/pipeline/pipeline-plan';
import { stepMachines } from '../../lib/plan/pipeline/step-machine';
import { plannedPipeline } from './pipeline-spec';

const ZIP = `${'0'.repeat(64)}.zip`;
const zip = { bucketUri: 's3://bootstrap', objectKey: ZIP, file: ZIP };

/** What the definition of a plan is made from in tests. */
export function documentProps(plan: PipelinePlan, more: Partial<DocumentProps> = {}): DocumentProps {
  return {
    plan,
    machines: stepMachines(awsMachines, plan, 'eu-central-1'),
    resultsUri: `s3://fraud-artifacts/pipelines/${plan.model}/`,
    checkpointsUri: `s3://fraud-artifacts/training/checkpoints/${plan.model}/`,
    repositoryUri: '111111111111.dkr.ecr.eu-central-1.amazonaws.com/fraud-training',
    stepRoleArn: 'arn:aws:iam::111111111111:role/steps',
    keyArn: 'arn:aws:kms:eu-central-1:111111111111:key/00000000-0000-0000-0000-000000000000',
    subnetIds: ['subnet-0a', 'subnet-0b'],
    securityGroupId: 'sg-0a',
    groupName: 'fraud-detector',
    clusterQueueUrl: 'https://sqs.eu-central-1.amazonaws.com/111111111111/fraud-cluster-steps',
    clusterDefinitions: Object.fromEntries(
      plan.steps.map(({ name }) => [name, `arn:aws:batch:eu-central-1:111111111111:job-definition/${name}:3`]),
    ),
    validation: {
      imageUri: '141502667606.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.2-1',
      code: zip,
      rules: Object.fromEntries(plan.datasets.map((dataset) => [dataset, zip])),
    },
    tags: [{ Key: 'mlops-model', Value: plan.model }],
    ...more,
  };
}

/** The definition of a pipeline as a spec has it, on a platform that says something more. */
export const documentOf = (pipeline?: unknown, more?: Partial<DocumentProps>, platform?: object): PipelineDocument =>
  pipelineDocument(documentProps(plannedPipeline(pipeline, platform), more));
