import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { allow } from '../access/grant-statement';
import { grantKey } from '../keys/key-grants';

/** Permissions on the alert channel. */
export class AlertsGrants {
  constructor(
    private readonly topic: sns.ITopic,
    private readonly encryptionKey: kms.IKey,
  ) {}

  /** Lets someone publish alerts. Source: SNS developer guide, "Managing encryption keys": publishers need both. */
  publish(to: iam.IGrantable): void {
    allow(to, ['sns:Publish'], [this.topic.topicArn]);
    grantKey(this.encryptionKey, 'encrypt', to);
  }
}
