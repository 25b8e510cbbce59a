import type { Stack } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as ssm from 'aws-cdk-lib/aws-ssm';
import { allow } from '../access/grant-statement';
import { grantSubmit, type Submission } from './submission';

const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const PUSH = ['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'];

/** Lets someone pull images of a repository. Logging in to the registry has no resource level. */
export function grantPull(repository: ecr.IRepository, to: iam.IGrantable): void {
  allow(to, PULL, [repository.repositoryArn]);
  allow(to, ['ecr:GetAuthorizationToken'], ['*']);
}

/** Lets someone push images to a repository, and pull the layers that they build on. */
export function grantPush(repository: ecr.IRepository, to: iam.IGrantable): void {
  allow(to, [...PULL, ...PUSH], [repository.repositoryArn]);
  allow(to, ['ecr:GetAuthorizationToken'], ['*']);
}

/** What others may do with a training cluster. */
export class TrainingClusterGrants {
  constructor(
    private readonly stack: Stack,
    private readonly submission: Submission,
    private readonly repository: ecr.IRepository,
    private readonly defaults: ssm.IStringParameter,
  ) {}

  /** Lets someone read the cluster's defaults, start trainings with them and see how they go. */
  submit(to: iam.IGrantable): void {
    allow(to, ['ssm:GetParameter'], [this.defaults.parameterArn]);
    grantSubmit(this.stack, this.submission, this.repository, to);
  }

  /** Lets someone pull images of trainings. */
  pull(to: iam.IGrantable): void {
    grantPull(this.repository, to);
  }

  /** Lets someone push images for trainings, such as a build. */
  push(to: iam.IGrantable): void {
    grantPush(this.repository, to);
  }
}
