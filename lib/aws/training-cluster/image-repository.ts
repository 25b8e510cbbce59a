import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** Days after which an image that no tag names any more is deleted. */
export const UNTAGGED_IMAGE_DAYS = 14;

export interface ImageRepositoryProps {
  /** Customer key. It can never be another one: CloudFormation would replace the repository. */
  readonly encryptionKey: kms.IKey;
  /** A name of the plan. Default: CloudFormation makes one. */
  readonly repositoryName?: string | undefined;
}

/** Where the images of trainings live: scanned when pushed, a tag never moves to another image, retained. */
export function imageRepository(scope: Construct, id: string, props: ImageRepositoryProps): ecr.Repository {
  return new ecr.Repository(scope, id, {
    ...(props.repositoryName === undefined ? {} : { repositoryName: props.repositoryName }),
    encryption: ecr.RepositoryEncryption.KMS,
    encryptionKey: props.encryptionKey,
    imageScanOnPush: true,
    imageTagMutability: ecr.TagMutability.IMMUTABLE,
    lifecycleRules: [{ tagStatus: ecr.TagStatus.UNTAGGED, maxImageAge: Duration.days(UNTAGGED_IMAGE_DAYS) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
