import { Construct } from 'constructs';
import { alertRelayAccess, alertRelayTriggerAccess } from '../../plan/gcp-access';
import type { PlatformNames } from '../../plan/names';
import type { EncryptionKey } from '../keys/encryption-key';
import type { Target } from '../target';
import { Workflow } from '../workflow/workflow';
import type { AlertChannel } from './alert-channel';
import { alertNames } from './alert-names';
import { announceGrantors } from './announce-grantors';
import { consoleLink } from './console-link';
import type { PublishedTopic } from './published-topic';
import type { Receiver } from './receivers';
import { relaySource } from './relay-source';
import { secretGrantors } from './secret-grants';
import { TopicTrigger } from './topic-trigger';

export interface RelayProps {
  readonly target: Target;
  readonly names: PlatformNames;
  readonly topic: PublishedTopic;
  /** Who is told of receivers that do not take their alerts. */
  readonly failures: AlertChannel;
  readonly receivers: readonly Receiver[];
  /** Name of the route whose alerts it hands over. Default: those of the platform's channel. */
  readonly route?: string;
  readonly encryptionKey: EncryptionKey;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Hands alerts of the topic to chat channels and webhooks, and tells of those that do not take them. */
export class Relay extends Construct {
  public readonly workflow: Workflow;
  public readonly trigger: TopicTrigger;

  constructor(scope: Construct, id: string, props: RelayProps) {
    super(scope, id);
    const { target, names, failures, receivers, route, encryptionKey, labels = {} } = props;
    const named = alertNames(names, route);
    const common = { target, encryptionKey, labels };
    this.workflow = new Workflow(this, 'Machine', {
      ...common,
      name: named.relay,
      description: 'Hands alerts to chat channels and webhooks',
      source: relaySource(failures.platform, target.project, receivers),
      accountId: named.relayAccount,
      access: alertRelayAccess(Object.fromEntries(receivers.map(({ name, secret }) => [name, secret])), route),
      grantors: {
        ...announceGrantors(target),
        ...secretGrantors(target),
        // Whoever answers at an address is nobody that IAM knows.
        webhook: () => {},
      },
      callLog: false,
    });
    this.trigger = new TopicTrigger(this, 'Trigger', {
      ...common,
      name: named.relay,
      accountId: named.triggerAccount,
      access: alertRelayTriggerAccess(route),
      topic: props.topic.topicId,
      ready: props.topic.ready,
      workflow: this.workflow,
    });
    const page = `workflows/workflow/${target.region}/${named.relay}/executions`;
    const where = `the log of the relay has what it was not told: ${consoleLink(target, page)}`;
    for (const { name, failing } of receivers) failures.announce(this, `Failing-${name}`, { signal: failing, where });
  }
}
