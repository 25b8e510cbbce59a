import type { Stack } from 'aws-cdk-lib';
import { Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { allow } from '../access/grant-statement';

/** Permissions on the versions of one model. */
export class ModelRegistryGrants {
  private readonly group: readonly string[];
  private readonly versions: readonly string[];

  constructor(stack: Stack, groupName: string) {
    // SageMaker writes names in ARNs in lower case, and IAM compares them letter by letter.
    const names = Token.isUnresolved(groupName) ? [groupName] : [...new Set([groupName, groupName.toLowerCase()])];
    const arn = (resource: string, resourceName: string) =>
      stack.formatArn({ service: 'sagemaker', resource, resourceName });
    this.group = names.map((name) => arn('model-package-group', name));
    this.versions = names.map((name) => arn('model-package', `${name}/*`));
  }

  /** Lets someone list and describe versions. */
  read(to: iam.IGrantable): void {
    allow(to, ['sagemaker:DescribeModelPackageGroup'], this.group);
    allow(to, ['sagemaker:DescribeModelPackage'], this.versions);
    allow(to, ['sagemaker:ListModelPackages'], [...this.group, ...this.versions]);
  }

  /**
   * Lets someone register versions, with tags, that wait for approval: whoever registers may not say that a version is
   * approved. One that is registered without a status waits too.
   * Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon SageMaker".
   */
  register(to: iam.IGrantable): void {
    allow(to, ['sagemaker:CreateModelPackage'], [...this.group, ...this.versions], {
      StringEqualsIfExists: { 'sagemaker:ModelApprovalStatus': 'PendingManualApproval' },
    });
    allow(to, ['sagemaker:AddTags', 'sagemaker:DescribeModelPackage'], this.versions);
  }

  /** Lets someone approve and reject versions. */
  approve(to: iam.IGrantable): void {
    allow(to, ['sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage'], this.versions);
  }
}
