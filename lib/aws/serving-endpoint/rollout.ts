import { Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';
import { rolloutAccess, rolloutTriggerAccess } from '../../plan/serving-access';
import { ENDPOINT_TAG, MODEL_TAG } from '../../plan/tags';
import type { Grantors } from '../access/grantors';
import { serviceOfThisAccount, Workload } from '../access/workload';
import type { IAlerts } from '../alerts/alert-channel';
import { consoleLink } from '../alerts/console-link';
import { announceSilentEnds } from '../alerts/silent-ends';
import { diskGrants } from '../jobs/job-disk';
import { tagsLike } from '../jobs/tags-like';
import { Machine } from '../machine/machine';
import { approved } from '../model-registry/model-events';
import type { IModelRegistry } from '../model-registry/registry-entry';
import { endpointLogGroup } from './endpoint-names';
import { rolloutMachine } from './machine/rollout-machine';
import type { RolloutMachineProps } from './machine/rollout-props';

export interface RolloutProps {
  readonly registry: IModelRegistry;
  readonly alerts: IAlerts;
  /** What the machine is told that is not known here. */
  readonly machine: Omit<RolloutMachineProps, 'platform' | 'model' | 'packagePrefix' | 'topicArn' | 'tags' | 'where'>;
  /** Who grants the edges of `rolloutAccess`, but for the machine itself. */
  readonly grantors: Grantors;
  /** Role that the endpoint runs as; the machine passes it on. */
  readonly executionRole: iam.IRole;
  /** Key of the machines' disks, where they have one. */
  readonly volumeKey?: kms.IKey;
  /** Whose tags everything gets that is made at run time. */
  readonly taggedLike: IConstruct;
  /** Takes events that could not start the machine. */
  readonly deadLetterQueue: sqs.IQueue;
  /** Key of the machine and its log. */
  readonly encryptionKey: kms.IKey;
  /** Name of the machine's log. */
  readonly logName: string;
}

/** The machine that decides which version an endpoint serves, and what starts it: the approval of a version. */
export class Rollout extends Construct {
  public readonly machine: Machine;
  /** What starts the machine. */
  public readonly trigger: Workload;
  /** Matches approvals. */
  public readonly rule: events.Rule;

  constructor(scope: Construct, id: string, props: RolloutProps) {
    super(scope, id);
    const { registry, alerts, machine, grantors } = props;
    const stack = Stack.of(this);
    const { model } = registry;
    const where = `the endpoint ${consoleLink(this, 'sagemaker', `#/endpoints/${machine.endpoint}`)}; its log ${endpointLogGroup(machine.endpoint)}`;
    this.machine = new Machine(this, 'Machine', {
      definition: rolloutMachine({
        ...machine,
        ...(alerts.platform === undefined ? {} : { platform: alerts.platform }),
        model,
        packagePrefix: stack.formatArn({
          service: 'sagemaker',
          resource: 'model-package',
          resourceName: `${registry.groupName}/`,
        }),
        topicArn: alerts.topic.topicArn,
        tags: tagsLike(props.taggedLike, { [ENDPOINT_TAG]: machine.endpoint, [MODEL_TAG]: model }),
        where,
      }),
      access: rolloutAccess(model, machine.endpoint),
      grantors,
      encryptionKey: props.encryptionKey,
      logName: props.logName,
    });
    this.passOn(props);

    this.trigger = new Workload(this, 'Trigger', {
      assumedBy: serviceOfThisAccount('events.amazonaws.com', stack.account),
      access: rolloutTriggerAccess(model),
      grantors: { ...grantors, machine: (_verb, _name, to) => this.machine.grantStart(to) },
    });
    this.rule = new events.Rule(this, 'Rule', {
      description: `A version of ${model} was approved.`,
      eventPattern: approved(registry.groupName, registry.approval),
    });
    this.rule.addTarget({
      bind: () => ({
        arn: this.machine.arn,
        role: this.trigger.role,
        // An event says of a version what the registry says of it, the time of the approval too; a path that is not
        // there becomes an empty text.
        input: events.RuleTargetInput.fromObject({
          action: 'promote',
          packageArn: events.EventField.fromPath('$.detail.ModelPackageArn'),
          reason: 'It was approved.',
          changedAt: events.EventField.fromPath('$.detail.LastModifiedTime'),
          sentAt: events.EventField.fromPath('$.time'),
        }),
        deadLetterConfig: { arn: props.deadLetterQueue.queueArn },
      }),
    });
    announceSilentEnds(this, 'SilentEnds', alerts, {
      machineArn: this.machine.arn,
      signal: machine.outcomes.unfinished,
      where,
      deadLetterQueue: props.deadLetterQueue,
    });
  }

  /**
   * What SageMaker asks of whoever makes models and endpoints. Source: SageMaker developer guide, "SageMaker API
   * permissions": CreateModel, and CreateEndpoint with a configuration that has a key.
   */
  private passOn({ executionRole, volumeKey }: RolloutProps): void {
    this.machine.workload.addStatement(
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [executionRole.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      }),
    );
    if (volumeKey === undefined) return;
    this.machine.workload.addStatement(diskGrants(volumeKey));
  }
}
