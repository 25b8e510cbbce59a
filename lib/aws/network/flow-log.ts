import { Names, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { flowRecorderAccess } from '../../plan/access';
import { DEFAULT_FLOW_LOG_DAYS } from '../../spec/network';
import { allow } from '../access/grant-statement';
import { serviceOfThisAccount, Workload } from '../access/workload';
import { retainedLogGroup } from '../logs/retained-log-group';

export interface FlowLogProps {
  readonly vpcId: string;
  readonly encryptionKey: kms.IKey;
  /** Name of its log group after `/aws/vpc/`, a name of the plan. Default: a name after this construct. */
  readonly logName?: string | undefined;
  /** Default: a year. */
  readonly retention?: logs.RetentionDays | undefined;
}

/** Every accepted and refused connection of a network, on record in a log group that outlives it. */
export class FlowLog extends Construct {
  public readonly logGroup: logs.ILogGroup;
  public readonly workload: Workload;

  constructor(scope: Construct, id: string, props: FlowLogProps) {
    super(scope, id);
    const name = props.logName ?? Names.uniqueResourceName(this, { maxLength: 128, separator: '-' });
    this.logGroup = retainedLogGroup(this, 'Log', {
      logGroupName: `/aws/vpc/${name}`,
      encryptionKey: props.encryptionKey,
      retention: props.retention ?? DEFAULT_FLOW_LOG_DAYS,
    });
    this.workload = new Workload(this, 'Recorder', {
      assumedBy: serviceOfThisAccount('vpc-flow-logs.amazonaws.com', Stack.of(this).account),
      access: flowRecorderAccess(),
      grantors: { log: (_verb, _name, to) => grantRecord(this.logGroup, to) },
      description: 'Records network flows',
    });
    new ec2.CfnFlowLog(this, 'Resource', {
      resourceId: props.vpcId,
      resourceType: 'VPC',
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: this.logGroup.logGroupName,
      deliverLogsPermissionArn: this.workload.role.roleArn,
    });
  }
}

/** Source: Amazon VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs". The log group is made here. */
function grantRecord(group: logs.ILogGroup, to: iam.IGrantable): void {
  allow(to, ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], [group.logGroupArn]);
}
