import { RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** How long logs of the platform's own workloads are kept. */
export const DEFAULT_LOG_RETENTION = logs.RetentionDays.ONE_YEAR;

export interface RetainedLogGroupProps {
  readonly logGroupName: string;
  /** Customer key; its policy must let CloudWatch Logs use it. */
  readonly encryptionKey: kms.IKey;
  readonly retention?: logs.RetentionDays;
}

/**
 * A log group that outlives its stack. It has a name of the plan, so that the next deployment can adopt it
 * (`cdk deploy --import-existing-resources`).
 */
export function retainedLogGroup(scope: Construct, id: string, props: RetainedLogGroupProps): logs.LogGroup {
  return new logs.LogGroup(scope, id, {
    logGroupName: props.logGroupName,
    encryptionKey: props.encryptionKey,
    retention: props.retention ?? DEFAULT_LOG_RETENTION,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
