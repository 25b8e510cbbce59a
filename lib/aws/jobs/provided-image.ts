import { Aws, Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { AWS_JOB_IMAGE, AWS_JOB_IMAGE_REGIONS, awsJobImageAccount } from '../../plan/job-images';
import { allow } from '../access/grant-statement';

/** An image that AWS provides, in a registry of its own in each region. */
export interface ProvidedImage {
  readonly uri: string;
  readonly repositoryArn: string;
}

/**
 * The image that the platform's own jobs run on in the region of a stack.
 *
 * @throws Error where the stack knows no region, or one without the image.
 */
export function providedImage(scope: Construct): ProvidedImage {
  const { region, urlSuffix } = Stack.of(scope);
  const account = Token.isUnresolved(region) ? undefined : awsJobImageAccount(region);
  if (account === undefined)
    throw new Error(
      `${scope.node.path}: the drift job runs on an image of AWS, and which one is known for a region only. Received: ${Token.isUnresolved(region) ? 'a stack without a region' : region}. Allowed: ${AWS_JOB_IMAGE_REGIONS.join(', ')}. Give the stack env: { region }.`,
    );
  const { repository, tag } = AWS_JOB_IMAGE;
  return {
    uri: `${account}.dkr.ecr.${region}.${urlSuffix}/${repository}:${tag}`,
    repositoryArn: `arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${repository}`,
  };
}

/**
 * Lets a job of SageMaker pull the image. Source: SageMaker developer guide, "SageMaker roles", CreateProcessingJob API:
 * execution role permissions.
 */
export function grantProvidedPull({ repositoryArn }: ProvidedImage, to: iam.IGrantable): void {
  allow(to, ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], [repositoryArn]);
  allow(to, ['ecr:GetAuthorizationToken'], ['*']);
}
