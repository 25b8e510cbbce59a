import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { OPERATIONS } from '../../plan/outcome-signals';
import { RETIRE_PATH } from '../../plan/serving-access';
import type { IAlerts } from '../alerts/alert-channel';
import { DeadLetters } from '../alerts/dead-letters';
import { customerKey } from '../keys/customer-key';
import type { ILocks } from '../locks/locks';
import type { Machine } from '../machine/machine';
import { PlatformDashboard, type PlatformDashboardProps } from '../monitoring/platform-dashboard';
import { Daily } from './daily';
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

/**
 * What looks after all endpoints of a platform and outlives the stacks of its models: it deletes what a model leaves,
 * tells of endpoints that no model owns, and publishes how many models serve and how old their versions are.
 */
export class Operations extends Construct {
  /** Deletes what a model leaves; by hand with `{ "model": "fraud-detector" }`. */
  public readonly retire: Machine;
  /** Tells of endpoints that no model owns. */
  public readonly sweep: Machine;
  /** Publishes the scorecard. */
  public readonly scorecard: Machine;
  public readonly dashboard: PlatformDashboard;
  /** What could not be started. */
  public readonly deadLetterQueue: sqs.IQueue;

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
    this.sweep = new Daily(this, 'Sweep', { ...context, job: 'sweep' }).machine;
    this.scorecard = new Daily(this, 'Scorecard', { ...context, job: 'scorecard' }).machine;
    this.dashboard = new PlatformDashboard(this, 'Dashboard', { names, ...(models === undefined ? {} : { models }) });
    new ssm.StringParameter(this, 'RetireArn', {
      parameterName: names.parameter(...RETIRE_PATH),
      stringValue: this.retire.arn,
      description: 'Machine that deletes what is left of a model',
    });
  }
}
