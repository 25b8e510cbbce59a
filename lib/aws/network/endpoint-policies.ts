import { Aws, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { PrivateService } from '../../plan/network-needs';

/**
 * What is called through the endpoints of a service, whichever role calls: never what changes how a bucket, a log or a
 * cluster is set up. Sources: Amazon ECS developer guide, "Amazon ECS container instance IAM role"; Amazon ECR user
 * guide, "Pulling an image"; SageMaker developer guide, "CreateTrainingJob API: Execution Role Permissions".
 */
const ACTIONS: Readonly<Record<PrivateService, readonly string[]>> = {
  objects: [
    's3:AbortMultipartUpload',
    's3:DeleteObject',
    's3:DeleteObjectVersion',
    's3:GetBucketLocation',
    's3:GetObject*',
    's3:ListBucket*',
    's3:ListMultipartUploadParts',
    's3:PutObject',
    's3:PutObjectTagging',
  ],
  // Who writes a table of Iceberg updates its entry.
  catalog: ['glue:BatchGet*', 'glue:Get*', 'glue:UpdateTable'],
  metrics: ['cloudwatch:PutMetricData'],
  logs: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
  images: [
    'ecr:BatchCheckLayerAvailability',
    'ecr:BatchGetImage',
    'ecr:GetAuthorizationToken',
    'ecr:GetDownloadUrlForLayer',
  ],
  containers: [
    'ecs:DeregisterContainerInstance',
    'ecs:DiscoverPollEndpoint',
    'ecs:Poll',
    'ecs:RegisterContainerInstance',
    'ecs:StartTelemetrySession',
    'ecs:Submit*',
    'ecs:TagResource',
    'ecs:UpdateContainerInstancesState',
  ],
};

/**
 * What may pass the endpoints of a service. A workload's role says what it may do; an endpoint says who may do anything
 * at all and with whose things: this account, so that nobody carries data out with credentials or to resources of another.
 */
export function endpointPolicy(
  service: PrivateService,
  stack: Stack,
  services: readonly PrivateService[],
): iam.PolicyDocument {
  if (service === 'images') return new iam.PolicyDocument({ statements: [pullsOf(stack)] });
  const layers = service === 'objects' && services.includes('images') ? [imageLayers(stack)] : [];
  return new iam.PolicyDocument({ statements: [ownAccount(stack, service), ...layers] });
}

/** Some actions, such as cloudwatch:PutMetricData, have no resource and so no account of one. */
function ownAccount({ account }: Stack, service: PrivateService): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'OwnAccount',
    principals: [new iam.AnyPrincipal()],
    actions: [...ACTIONS[service]],
    resources: ['*'],
    conditions: {
      StringEquals: { 'aws:PrincipalAccount': account },
      StringEqualsIfExists: { 'aws:ResourceAccount': account },
    },
  });
}

/** Images may belong to others, as those for deep learning belong to AWS; they are only ever read. */
function pullsOf({ account }: Stack): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'Pull',
    principals: [new iam.AnyPrincipal()],
    actions: [...ACTIONS.images],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalAccount': account } },
  });
}

/**
 * Layers of images are in a bucket of AWS, read by links that ECR signs. Source: Amazon ECR user guide, "Amazon ECR
 * interface VPC endpoints", minimum Amazon S3 bucket permissions.
 */
function imageLayers({ region }: Stack): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'ImageLayers',
    principals: [new iam.AnyPrincipal()],
    actions: ['s3:GetObject'],
    resources: [`arn:${Aws.PARTITION}:s3:::prod-${region}-starport-layer-bucket/*`],
  });
}
