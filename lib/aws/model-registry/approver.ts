import { Names, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { approvalAccess, approvalTriggerAccess } from '../../plan/access';
import { approvalFailed } from '../../plan/signals';
import type { Grantors } from '../access/grantors';
import { serviceOfThisAccount, Workload } from '../access/workload';
import type { IAlerts } from '../alerts/alert-channel';
import { announceSilentEnds } from '../alerts/silent-ends';
import { grantKey } from '../keys/key-grants';
import { Machine } from '../machine/machine';
import { approvalMachine } from './approval-machine';
import { registered } from './model-events';
import type { IModelRegistry } from './registry-entry';

export interface ApproverProps {
  readonly registry: IModelRegistry;
  /** Who is told when a version could not be approved. */
  readonly alerts: IAlerts;
  /** Where a person finds the versions. */
  readonly where: string;
  /** Takes events that could not start the machine. */
  readonly deadLetterQueue: sqs.IQueue;
  /** Key of the machine and its log. */
  readonly encryptionKey: kms.IKey;
  /** Name of the machine's log. Default: generated. */
  readonly logName?: string;
}

/** Approves each version of a model when it is registered, unless somebody has decided before. */
export class Approver extends Construct {
  public readonly machine: Machine;
  /** What starts the machine. */
  public readonly trigger: Workload;
  public readonly rule: events.Rule;

  constructor(scope: Construct, id: string, props: ApproverProps) {
    super(scope, id);
    const { registry, alerts, where, encryptionKey } = props;
    const { platform } = alerts;
    const grantors: Grantors = {
      ...alerts.grantors,
      ...registry.grantors,
      key: (verb, _name, to) => grantKey(encryptionKey, verb, to),
    };
    this.machine = new Machine(this, 'Machine', {
      definition: approvalMachine({
        topicArn: alerts.topic.topicArn,
        failed: approvalFailed(registry.model),
        details: { where, ...(platform === undefined ? {} : { platform }) },
      }),
      access: approvalAccess(registry.model),
      grantors,
      encryptionKey,
      logName: props.logName ?? Names.uniqueResourceName(this, { maxLength: 63, separator: '-' }),
    });
    this.trigger = new Workload(this, 'Trigger', {
      assumedBy: serviceOfThisAccount('events.amazonaws.com', Stack.of(this).account),
      access: approvalTriggerAccess(registry.model),
      grantors: { ...grantors, machine: (_verb, _name, to) => this.machine.grantStart(to) },
    });
    this.rule = new events.Rule(this, 'Rule', { eventPattern: registered(registry.groupName) });
    this.rule.addTarget({
      bind: () => ({
        arn: this.machine.arn,
        role: this.trigger.role,
        input: events.RuleTargetInput.fromObject({
          versionArn: events.EventField.fromPath('$.detail.ModelPackageArn'),
        }),
        deadLetterConfig: { arn: props.deadLetterQueue.queueArn },
      }),
    });
    announceSilentEnds(this, 'SilentEnds', alerts, {
      machineArn: this.machine.arn,
      signal: approvalFailed(registry.model),
      where,
      deadLetterQueue: props.deadLetterQueue,
    });
  }
}
