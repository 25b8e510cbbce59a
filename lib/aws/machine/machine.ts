import { Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AccessEdge } from '../../plan/access';
import { allow } from '../access/grant-statement';
import type { Grantors } from '../access/grantors';
import { serviceOfThisAccount, Workload } from '../access/workload';
import { retainedLogGroup } from '../logs/retained-log-group';
import type { AslMachine } from './asl';
import { jsonText } from './json-text';

export interface MachineProps {
  /** The machine in Amazon States Language. Values may be tokens. */
  readonly definition: AslMachine;
  /** What its executions may do, from the access plan. */
  readonly access: readonly AccessEdge[];
  /** Who grants that; writing its own log is granted here. */
  readonly grantors: Grantors;
  /** Key of its definition, its executions' data and its log. */
  readonly encryptionKey: kms.IKey;
  /** Name of its log group after `/aws/vendedlogs/states/`, a name of the plan. */
  readonly logName: string;
}

/** Seconds that Step Functions may reuse a data key: the longest it takes. */
const DATA_KEY_REUSE_SECONDS = 900;

/**
 * A Step Functions machine that owns what changes at run time: encrypted, traced, every step on record, with one role
 * whose permissions come from the access plan. It has no fixed name, so CloudFormation may replace it.
 */
export class Machine extends Construct {
  public readonly resource: sfn.CfnStateMachine;
  public readonly workload: Workload;
  public readonly logGroup: logs.ILogGroup;
  /** ARN of the state machine. */
  public readonly arn: string;

  constructor(scope: Construct, id: string, props: MachineProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.logGroup = retainedLogGroup(this, 'Log', {
      logGroupName: `/aws/vendedlogs/states/${props.logName}`,
      encryptionKey: props.encryptionKey,
    });
    this.workload = new Workload(this, 'Workload', {
      assumedBy: serviceOfThisAccount('states.amazonaws.com', stack.account),
      access: props.access,
      grantors: { ...props.grantors, log: (_verb, _name, to) => grantLogDelivery(to) },
    });
    this.resource = new sfn.CfnStateMachine(this, 'StateMachine', {
      roleArn: this.workload.role.roleArn,
      definitionString: jsonText(stack, props.definition),
      encryptionConfiguration: {
        type: 'CUSTOMER_MANAGED_KMS_KEY',
        kmsKeyId: props.encryptionKey.keyArn,
        kmsDataKeyReusePeriodSeconds: DATA_KEY_REUSE_SECONDS,
      },
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: true,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: this.logGroup.logGroupArn } }],
      },
      tracingConfiguration: { enabled: true },
    });
    this.arn = this.resource.ref;
  }

  /** Lets someone start executions of this machine. */
  grantStart(to: iam.IGrantable): void {
    allow(to, ['states:StartExecution'], [this.arn]);
  }

  /** A metric of AWS/States for this machine, such as ExecutionsFailed: those of which it told nobody. */
  metric(
    name:
      | 'ExecutionsStarted'
      | 'ExecutionsSucceeded'
      | 'ExecutionsFailed'
      | 'ExecutionsTimedOut'
      | 'ExecutionThrottled',
  ) {
    return new cloudwatch.Metric({
      namespace: 'AWS/States',
      metricName: name,
      dimensionsMap: { StateMachineArn: this.arn },
      statistic: 'Sum',
    });
  }
}

/**
 * Log delivery and X-Ray have no resource level in IAM.
 * Source: Step Functions developer guide, "Using CloudWatch Logs to log execution history" and "X-Ray and Step Functions".
 */
function grantLogDelivery(to: iam.IGrantable): void {
  allow(
    to,
    [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
    ],
    ['*'],
  );
}
