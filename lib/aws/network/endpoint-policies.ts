import { Aws, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { PrivateService } from '../../plan/network-needs';

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
  return new iam.PolicyDocument({ statements: [ownAccount(stack), ...layers] });
}

/** Some actions, such as cloudwatch:PutMetricData, have no resource and so no account of one. */
function ownAccount({ account }: Stack): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'OwnAccount',
    principals: [new iam.AnyPrincipal()],
    actions: ['*'],
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
    actions: [
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetAuthorizationToken',
      'ecr:GetDownloadUrlForLayer',
    ],
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
