import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import type { Grantors } from '../access/grantors';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { CustomerKey } from '../keys/customer-key';
import type { EncryptionKey } from '../keys/encryption-key';
import { agentMember, publishersOf } from '../services/service-agents';
import type { Target } from '../target';
import { AlertChannel } from './alert-channel';
import { alertNames } from './alert-names';
import { announceGrantors } from './announce-grantors';
import { PublishedTopic, topicId } from './published-topic';
import { checkReceivers, type ReceiverProps, receiversOf } from './receivers';
import { Relay } from './relay';

export interface AlertsProps extends ReceiverProps {
  readonly target: Target;
  /** Names of the platform; its slug is what alerts come from, as receivers read it. */
  readonly names: PlatformNames;
  /** Addresses. */
  readonly email?: readonly string[];
  /**
   * Key of the topic and of the relay; the agents of Pub/Sub and Workflows must be allowed to use it. Default: a key of its
   * own, in a ring that is called as the topic is.
   */
  readonly encryptionKey?: EncryptionKey;
  /** What makes this channel a route beside another one. Default: it stands for itself. */
  readonly route?: RouteProps;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A channel that is a route beside another one. */
export interface RouteProps {
  /** Name of the route: `pager`. */
  readonly name: string;
  /** The other one, which is told of receivers that do not take their alerts. */
  readonly of: Alerts;
}

/**
 * The one encrypted channel that everything worth knowing goes to: Monitoring tells e-mail itself, and all else through a
 * topic that anybody may subscribe to, from which a relay tells chat channels and webhooks. Secrets of these are made by
 * people; only their names are known here. Other stacks tell the same receivers by an `AlertChannel` with `Alerts.topicId`.
 */
export class Alerts extends Construct {
  public readonly topic: PublishedTopic;
  /** What tells chat channels and webhooks, where there are any. */
  public readonly relay: Relay | undefined;
  public readonly encryptionKey: EncryptionKey;
  /** Grants the verbs of `channel`. */
  public readonly grantors: Required<Pick<Grantors, 'channel'>>;

  /** The topic of a platform's alerts, or of a route, for the channels of its other stacks. */
  static topicId(names: PlatformNames, target: Pick<Target, 'project'>, route?: string): string {
    return topicId(alertNames(names, route).topic, target);
  }

  /** @throws SpecError with every receiver that is not one that a spec allows. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlertsProps,
  ) {
    super(scope, id);
    refuseForbidden(this);
    const { target, names, route, labels = {} } = props;
    checkReceivers(this, props);
    const receivers = receiversOf(props, route?.name);
    const { topic } = alertNames(names, route?.name);
    this.encryptionKey =
      props.encryptionKey ??
      new CustomerKey(this, 'Key', {
        target,
        keyRingName: topic,
        agents: ['pubsub', 'workflows'],
        labels,
      });
    const common = { target, labels, encryptionKey: this.encryptionKey };
    this.topic = new PublishedTopic(this, 'Topic', {
      ...common,
      name: topic,
      publishers: Object.fromEntries(publishersOf('alerts').map((agent) => [agent, agentMember(agent, target)])),
    });
    this.relay =
      receivers.length === 0
        ? undefined
        : new Relay(this, 'Relay', {
            ...common,
            names,
            topic: this.topic,
            failures: (route?.of ?? this).channel,
            receivers,
            ...(route === undefined ? {} : { route: route.name }),
          });
    this.grantors = announceGrantors(target);
  }

  /** Tells the receivers from this stack. It is made when something first does. */
  get channel(): AlertChannel {
    const made = this.node.tryFindChild('Channel') as AlertChannel | undefined;
    if (made !== undefined) return made;
    const { target, names, email = [], route, labels = {} } = this.props;
    return new AlertChannel(this, 'Channel', {
      target,
      platform: names.slug,
      email,
      topic: this.topic.topicId,
      ready: this.topic.ready,
      ...(route === undefined ? {} : { route: route.name }),
      labels,
    });
  }
}
