import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { OPERATIONS } from '../../plan/outcome-signals';
import { RETIRE_PATH } from '../../plan/serving-access';
import { allow } from '../access/grant-statement';
import type { IAlerts } from '../alerts/alert-channel';
import { DeadLetters } from '../alerts/dead-letters';
import { customerKey } from '../keys/customer-key';
import type { ILocks } from '../locks/locks';
import type { Machine } from '../machine/machine';
import { PlatformDashboard, type PlatformDashboardProps } from '../monitoring/platform-dashboard';
import { DAILY_JOBS, Daily } from './daily';
import { Retire } from './retire';

export interface OperationsProps {
  /** Names of the platform whose endpoints are looked after. */
  readonly names: PlatformNames;
  /** Who is told. */
  readonly alerts: IAlerts;
  /** Locks of the endpoints, those that their rollouts hold. */
  readonly locks: ILocks;
  /**
   * Key of machines, logs and undelivered events; its policy must let in `logs`, `log-delivery` and `events`.
   * Default: a key of its own.
   */
  readonly encryptionKey?: kms.IKey;
  /** Models whose alarms are on the dashboard of the platform. Default: none. */
  readonly models?: PlatformDashboardProps['models'];
}

/** What looks after endpoints, made here or elsewhere. */
export interface IOperations {
  /** ARN of the machine that deletes what a model leaves. */
  readonly retireArn: string;
  readonly grants: OperationsUse;
}

/** What others may do with it. */
export class OperationsUse {
  constructor(private readonly retireArn: string) {}

  /** Lets someone have what a model leaves deleted, as `mlops destroy` does. */
  retire(to: iam.IGrantable): void {
    allow(to, ['states:StartExecution'], [this.retireArn]);
  }
}

/**
 * What looks after all endpoints of a platform and outlives the stacks of its models: it deletes what a model leaves,
 * tells of endpoints that no model owns, and publishes how many models serve and how old their versions are.
 */
export class Operations extends Construct implements IOperations {
  /** What looks after the endpoints of a platform in another stack, found by the names of its plan. */
  static fromNames(scope: Construct, id: string, names: PlatformNames): IOperations {
    const parameter = names.parameter(...RETIRE_PATH);
    const retireArn = ssm.StringParameter.valueForStringParameter(new Construct(scope, id), parameter);
    return { retireArn, grants: new OperationsUse(retireArn) };
  }

  /** Deletes what a model leaves; by hand with `{ "model": "fraud-detector" }`. */
  public readonly retire: Machine;
  /** Tells of endpoints that no model owns. */
  public readonly sweep: Machine;
  /** Publishes the scorecard. */
  public readonly scorecard: Machine;
  public readonly dashboard: PlatformDashboard;
  /** What could not be started. */
  public readonly deadLetterQueue: sqs.IQueue;
  public readonly retireArn: string;
  public readonly grants: OperationsUse;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    const { names, alerts, locks, models } = props;
    const encryptionKey =
      props.encryptionKey ??
      customerKey(this, 'Key', {
        description: 'Machines that look after endpoints, and their logs',
        services: ['logs', 'log-delivery', 'events'],
      });
    this.deadLetterQueue = new DeadLetters(this, 'Undelivered', { of: OPERATIONS, alerts, encryptionKey }).queue;
    const context = { names, alerts, encryptionKey, deadLetterQueue: this.deadLetterQueue };
    this.retire = new Retire(this, 'Retire', { ...context, locks }).machine;
    this.retireArn = this.retire.arn;
    this.grants = new OperationsUse(this.retireArn);
    this.sweep = new Daily(this, 'Sweep', { ...context, job: DAILY_JOBS.sweep }).machine;
    this.scorecard = new Daily(this, 'Scorecard', { ...context, job: DAILY_JOBS.scorecard }).machine;
    this.dashboard = new PlatformDashboard(this, 'Dashboard', { names, ...(models === undefined ? {} : { models }) });
    new ssm.StringParameter(this, 'RetireArn', {
      parameterName: names.parameter(...RETIRE_PATH),
      stringValue: this.retireArn,
      description: 'Machine that deletes what is left of a model',
    });
  }
}
