import { Aws, Stack, Tags } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { type Construct, DependencyGroup, type IDependable } from 'constructs';
import { alerts } from '../../spec/alerts';
import { customerKey, type KeyService } from '../keys/customer-key';
import { checkProps } from '../props';
import type { IAlerts } from './alert-channel';
import { type AlertsAttributes, Channel, ImportedChannel } from './channel';
import { Chat, type SlackChannel, type TeamsChannel } from './chat';
import { Webhook, type WebhookReceiver } from './webhook';

/** Services that the policy of the channel's key has to let in. */
export const ALERT_KEY_SERVICES: readonly KeyService[] = ['alarms', 'events', 'budgets', 'sns'];

/**
 * Tag that lets EventBridge encrypt the secrets of webhooks with a customer's key.
 * Source: EventBridge user guide, "Encrypting EventBridge connection authorization with AWS KMS keys".
 */
const CONNECTION_KEY_TAG = 'EventBridgeApiDestinations';

export interface AlertsProps {
  /** What alerts come from, as receivers read it: `fraud-prod`. Letters, digits and hyphens. Default: they do not say. */
  readonly platform?: string;
  /** Addresses. Each must confirm once; none hears of anything before it has. */
  readonly email?: readonly string[];
  /** Slack channels by name. */
  readonly slack?: Readonly<Record<string, SlackChannel>>;
  /** Microsoft Teams channels by name. */
  readonly teams?: Readonly<Record<string, TeamsChannel>>;
  /** HTTPS receivers by name. */
  readonly webhooks?: Readonly<Record<string, WebhookReceiver>>;
  /**
   * Key of everything here. Its policy must let in ALERT_KEY_SERVICES, and with webhooks it carries the tag
   * `EventBridgeApiDestinations: true`, which is added here where the key is made in this app. Default: a key of its own.
   */
  readonly encryptionKey?: kms.IKey;
  /** What makes this channel a route beside another one. Default: it stands for itself. */
  readonly route?: RouteProps;
}

/** A channel that is a route beside another one. */
export interface RouteProps {
  /** Name of the route: `pager`. */
  readonly name: string;
  /** The other one: it is told of webhooks that do not take their alerts, and its chat channels may hear of the route too. */
  readonly of: Alerts;
}

/**
 * The one encrypted channel that everything worth knowing goes to: an SNS topic that e-mail, chat and webhooks read, and
 * that alarms, events and budgets of this account write.
 */
export class Alerts extends Channel {
  /** A channel that exists already. */
  public static fromTopicArn(scope: Construct, id: string, attrs: AlertsAttributes): IAlerts {
    return new ImportedChannel(scope, id, attrs);
  }

  public readonly topic: sns.Topic;
  public readonly encryptionKey: kms.IKey;
  public readonly platform: string | undefined;
  public readonly publishable: IDependable;
  /** Carriers of alerts to HTTPS receivers, by name. */
  public readonly webhooks: Readonly<Record<string, Webhook>>;

  /** @throws SpecError with every receiver that is not one that a spec allows. */
  constructor(scope: Construct, id: string, props: AlertsProps = {}) {
    super(scope, id);
    const { platform, email = [], slack = {}, teams = {}, webhooks = {}, route } = props;
    checkProps(this, alerts, { email, slack, teams, webhooks });
    this.platform = platform;
    this.encryptionKey =
      props.encryptionKey ?? customerKey(this, 'Key', { description: 'Alert channel', services: ALERT_KEY_SERVICES });
    this.topic = new sns.Topic(this, 'Topic', {
      masterKey: this.encryptionKey,
      enforceSSL: true,
      ...(platform === undefined ? {} : { displayName: platform }),
    });
    for (const statement of publishers(this.topic)) this.topic.addToResourcePolicy(statement);
    this.publishable = new DependencyGroup(this.topic.node.findChild('Policy'));

    for (const address of email) this.topic.addSubscription(new EmailSubscription(address));
    if (Object.keys(slack).length + Object.keys(teams).length > 0)
      (route?.of ?? this).chat.read(this.topic, { slack, teams });
    if (Object.keys(webhooks).length > 0) Tags.of(this.encryptionKey).add(CONNECTION_KEY_TAG, 'true');
    this.webhooks = Object.fromEntries(
      Object.entries(webhooks).map(([name, receiver]) => [
        name,
        new Webhook(this, `Webhook-${name}`, {
          ...receiver,
          name,
          alerts: this,
          ...(route === undefined ? {} : { route }),
        }),
      ]),
    );
  }

  /** What speaks to the chat channels of this channel and of those beside it. */
  private get chat(): Chat {
    const made = this.node.tryFindChild('Chat') as Chat | undefined;
    return made ?? new Chat(this, 'Chat', this.platform === undefined ? {} : { namePrefix: this.platform });
  }
}

/**
 * What may publish besides the principals of this account that IAM allows. EventBridge gives topics no condition keys,
 * so a condition there would refuse every event. Sources: EventBridge user guide, "Using resource-based policies":
 * no Condition in topic policies; AWS Cost Management user guide, "Creating an Amazon SNS topic for budget notifications".
 */
function publishers(topic: sns.Topic): readonly iam.PolicyStatement[] {
  const { account, region } = Stack.of(topic);
  const publisher = (sid: string, service: string, sourceArn?: string) =>
    new iam.PolicyStatement({
      sid,
      principals: [new iam.ServicePrincipal(service)],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      ...(sourceArn === undefined
        ? {}
        : { conditions: { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': sourceArn } } }),
    });
  return [
    publisher('Alarms', 'cloudwatch.amazonaws.com', `arn:${Aws.PARTITION}:cloudwatch:${region}:${account}:alarm:*`),
    publisher('Budgets', 'budgets.amazonaws.com', `arn:${Aws.PARTITION}:budgets::${account}:*`),
    publisher('Events', 'events.amazonaws.com'),
  ];
}
