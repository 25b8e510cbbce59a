import { Names, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { requireProps } from '../../plan/props';
import { CLAIMED_APPROVAL, modelSignals } from '../../plan/signals';
import { modelName } from '../../spec/identifiers';
import { DEFAULT_APPROVAL, type ModelSpec, model as modelSchema } from '../../spec/model';
import type { IAlerts } from '../alerts/alert-channel';
import { consoleLink } from '../alerts/console-link';
import { DeadLetters, waiting } from '../alerts/dead-letters';
import { customerKey } from '../keys/customer-key';
import { checkProps } from '../props';
import { type DataRemovalProps, dataRemovalPolicy } from '../removal';
import { Approver } from './approver';
import * as versions from './model-events';
import { ModelRegistryGrants } from './model-registry-grants';
import { type IModelRegistry, ImportedEntry, type ModelRegistryAttributes, RegistryEntry } from './registry-entry';

/** What people read of a version whose approval came with its registration. */
const CLAIMED = `${CLAIMED_APPROVAL} Nothing is rolled out for it. If it should serve, set it to pending and then approve it.`;

/** What a spec says of an entry. */
const entry = z.object({ model: modelName, approval: modelSchema.unwrap().shape.registry.unwrap().shape.approval });

export interface ModelRegistryProps extends DataRemovalProps {
  /** Name of the model: `fraud-detector`. */
  readonly model: string;
  /**
   * Name of its model package group, a name of the plan; letters, digits and hyphens, 63 at most. The group is stateful
   * and never replaced, so it may have one. Default: generated.
   */
  readonly groupName?: string;
  /** manual: a person approves each version. automatic: a machine does when it is registered. Default: DEFAULT_APPROVAL. */
  readonly approval?: ModelSpec['registry']['approval'];
  /** Who is told of registered, approved and rejected versions. */
  readonly alerts: IAlerts;
  /**
   * Key of the approver and of undelivered events; its policy must let in `logs`, `log-delivery` and `events`.
   * Default: a key of its own where there is an approver, else the key of the alert channel.
   */
  readonly encryptionKey?: kms.IKey;
  /** Name of the approver's log, a name of the plan. Default: generated. */
  readonly logName?: string;
}

/**
 * The entry of one model in the registry of SageMaker: a group that holds its versions, alerts about them, and with
 * automatic approval a machine that approves each. The group stays when the stack goes. Versions are encrypted where
 * their artifacts are.
 */
export class ModelRegistry extends RegistryEntry {
  /** An entry that exists already. */
  public static fromNames(scope: Construct, id: string, attrs: ModelRegistryAttributes): IModelRegistry {
    return new ImportedEntry(scope, id, attrs);
  }

  public readonly model: string;
  public readonly groupName: string;
  public readonly groupArn: string;
  public readonly approval: ModelSpec['registry']['approval'];
  public readonly grants: ModelRegistryGrants;
  public readonly group: sagemaker.CfnModelPackageGroup;
  /** The machine that approves versions, with automatic approval. */
  public readonly approver?: Approver;
  /** Events about versions that could not be delivered. */
  public readonly deadLetterQueue: sqs.IQueue;

  /** @throws SpecError when the name or the approval is not what a spec allows; Error when something is missing. */
  constructor(scope: Construct, id: string, props: ModelRegistryProps) {
    super(scope, id);
    requireProps(this, props, ['model', 'alerts']);
    checkProps(this, entry, { model: props.model, approval: props.approval });
    const { model, alerts, approval = DEFAULT_APPROVAL } = props;
    this.model = model;
    this.approval = approval;
    this.groupName = props.groupName ?? Names.uniqueResourceName(this, { maxLength: 63, separator: '-' }).toLowerCase();
    // A description would be replaced with its group: SageMaker cannot change one.
    this.group = new sagemaker.CfnModelPackageGroup(this, 'Group', { modelPackageGroupName: this.groupName });
    this.group.applyRemovalPolicy(dataRemovalPolicy(this, props));
    this.groupArn = this.group.attrModelPackageGroupArn;
    this.grants = new ModelRegistryGrants(Stack.of(this), this.groupName);

    const approverKey = approval === 'automatic' ? (props.encryptionKey ?? approverOwnKey(this)) : undefined;
    const key = approverKey ?? props.encryptionKey;
    this.deadLetterQueue = new DeadLetters(this, 'Undelivered', {
      of: model,
      alerts,
      ...(key === undefined ? {} : { encryptionKey: key }),
    }).queue;
    this.announceVersions(alerts);
    if (approverKey === undefined) return;
    const { where, deadLetterQueue } = this;
    this.approver = new Approver(this, 'Approver', {
      registry: this,
      alerts,
      where,
      deadLetterQueue,
      encryptionKey: approverKey,
      ...(props.logName === undefined ? {} : { logName: props.logName }),
    });
  }

  /** Events about versions that wait in the dead-letter queue. Source: SQS developer guide, "Available CloudWatch metrics". */
  metricUndelivered(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return waiting(this.deadLetterQueue, props);
  }

  private get where(): string {
    return `SageMaker Studio, Models, ${this.groupName}: ${consoleLink(this, 'sagemaker', '#/studio-landing')}`;
  }

  private announceVersions(alerts: IAlerts): void {
    const { approval, groupName, deadLetterQueue, where } = this;
    const [registered, approved, rejected] = modelSignals(this.model, approval);
    const version = { Version: { from: '$.detail.ModelPackageArn' } };
    const claim = { ...version, Details: CLAIMED };
    for (const [id, signal, eventPattern, fields] of [
      ['Registered', registered, versions.registered(groupName), version],
      ...(approval === 'manual' ? ([['Claimed', registered, versions.claimed(groupName), claim]] as const) : []),
      ['Approved', approved, versions.approved(groupName, approval), version],
      ['Rejected', rejected, versions.rejected(groupName), version],
    ] as const)
      alerts.announce(this, id, { signal, eventPattern, details: { where, fields }, deadLetterQueue });
  }
}

function approverOwnKey(scope: Construct): kms.IKey {
  return customerKey(scope, 'Key', {
    description: 'Approver of a model and its log',
    services: ['logs', 'log-delivery', 'events'],
  });
}
