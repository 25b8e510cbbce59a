import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import type { Grantors } from '../access/grantors';
import { signalAlarm } from './alarm';
import type { AlarmProps, AnnounceProps, IAlerts } from './alert-channel';
import { AlertsGrants } from './alerts-grants';
import { EventAlert } from './event-alert';

export interface AlertsAttributes {
  readonly topicArn: string;
  /** Key of the topic. */
  readonly encryptionKey: kms.IKey;
  /** What alerts come from, as receivers read it. */
  readonly platform?: string;
}

/** What every alert channel can do, whoever made it. */
export abstract class Channel extends Construct implements IAlerts {
  public abstract readonly topic: sns.ITopic;
  public abstract readonly encryptionKey: kms.IKey;
  public abstract readonly platform: string | undefined;
  public abstract readonly publishable: IDependable;

  public readonly grantors: Grantors = { channel: (_verb, _name, to) => this.grants.publish(to) };

  public get grants(): AlertsGrants {
    return new AlertsGrants(this.topic, this.encryptionKey);
  }

  public get action(): cloudwatch.IAlarmAction {
    return new SnsAction(this.topic);
  }

  /** Alerts that were published. Source: SNS developer guide, "Monitoring Amazon SNS topics using CloudWatch". */
  public metricNumberOfMessagesPublished(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.topic.metricNumberOfMessagesPublished(props);
  }

  /** Alerts that a receiver did not get. */
  public metricNumberOfNotificationsFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.topic.metricNumberOfNotificationsFailed(props);
  }

  public announce(scope: Construct, id: string, props: AnnounceProps): events.IRule {
    return new EventAlert(scope, id, this, props).rule;
  }

  public alarm(scope: Construct, id: string, props: AlarmProps): cloudwatch.IAlarm {
    return signalAlarm(scope, id, this, props);
  }
}

/** A channel that exists already. */
export class ImportedChannel extends Channel {
  public readonly topic: sns.ITopic;
  public readonly encryptionKey: kms.IKey;
  public readonly platform: string | undefined;
  public readonly publishable: IDependable = new DependencyGroup();

  constructor(scope: Construct, id: string, attrs: AlertsAttributes) {
    super(scope, id);
    this.topic = sns.Topic.fromTopicArn(this, 'Topic', attrs.topicArn);
    this.encryptionKey = attrs.encryptionKey;
    this.platform = attrs.platform;
  }
}
