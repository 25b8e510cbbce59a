import type { MonitoringAlertPolicyConditions } from '@cdktf/provider-google/lib/monitoring-alert-policy';
import { MonitoringNotificationChannel } from '@cdktf/provider-google/lib/monitoring-notification-channel';
import { Construct } from 'constructs';
import type { Signal } from '../../plan/signals';
import { after } from '../access/after';
import type { Ready } from '../access/grantee';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import type { Target } from '../target';
import { AlertPolicy } from './alert-policy';

export interface AlertChannelProps {
  readonly target: Target;
  /** What alerts come from, as receivers read it: `fraud-prod`. */
  readonly platform: string;
  /** Addresses. */
  readonly email?: readonly string[];
  /**
   * Topic that chat and webhooks are told from: `projects/P/topics/T`. Monitoring's notification agent must be allowed to
   * publish to it before. Without it there are none.
   */
  readonly topic?: string;
  /** Where the topic is of the same stack: it, and the grant to publish to it. Default: they were deployed before. */
  readonly ready?: Ready;
  /** Name of the route that it is, for whoever reads its name. Default: it is none. */
  readonly route?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Values of a log entry that the text of an alert tells, by label: `{ Version: 'EXTRACT(jsonPayload.version)' }`. */
export type Extracted = Readonly<Record<string, string>>;

export interface AnnounceProps {
  readonly signal: Signal;
  /** Log entries to tell of, in the Logging query language. Default: what `announce` of a workflow writes of the signal. */
  readonly filter?: string;
  /** Where to look, in words or as an address. */
  readonly where: string;
  /** Default: what `announce` of a workflow writes. */
  readonly fields?: Extracted;
}

export interface AlarmProps {
  /** A signal with a threshold. */
  readonly signal: Signal;
  /** When it is bad; `displayName` is given here. */
  readonly condition: Omit<MonitoringAlertPolicyConditions, 'displayName'>;
  readonly where?: string;
  /** Who else is told: what acts on it by itself. */
  readonly also?: readonly MonitoringNotificationChannel[];
}

/**
 * The receivers of one stack's alerts. Google numbers notification channels, so each stack that has alert policies has
 * channels of its own, and nothing crosses from one stack to another.
 */
export class AlertChannel extends Construct {
  public readonly target: Target;
  public readonly platform: string;
  public readonly labels: Readonly<Record<string, string>>;
  public readonly channels: readonly MonitoringNotificationChannel[];

  constructor(scope: Construct, id: string, props: AlertChannelProps) {
    super(scope, id);
    refuseForbidden(this);
    const { target, platform, email = [], topic, ready = [], route, labels = {} } = props;
    const { project } = target;
    this.target = target;
    this.platform = platform;
    this.labels = labels;
    const named = route === undefined ? platform : `${platform}, route ${route}`;
    const common = {
      project,
      userLabels: { ...labels },
      forceDelete: false,
      // Monitoring keeps a channel that a policy names, and Terraform would delete one that left the spec before it changes
      // the policies. Source: Terraform language, "The lifecycle Meta-Argument".
      lifecycle: { createBeforeDestroy: true },
    };
    this.channels = [
      ...email.map(
        (address) =>
          new MonitoringNotificationChannel(this, `Email-${address}`, {
            ...common,
            displayName: `${named}: ${address}`,
            type: 'email',
            labels: { email_address: address },
          }),
      ),
      ...(topic === undefined
        ? []
        : [
            new MonitoringNotificationChannel(this, 'Topic', {
              ...common,
              displayName: `${named}: chat and webhooks`,
              type: 'pubsub',
              labels: { topic },
              dependsOn: [...after(this, ready)],
            }),
          ]),
    ];
  }

  /** Tells the channel of each log entry of a signal. */
  announce(scope: Construct, id: string, props: AnnounceProps): AlertPolicy {
    return new AlertPolicy(scope, id, { channel: this, kind: 'event', ...props });
  }

  /** Tells the channel while a metric is bad. */
  alarm(scope: Construct, id: string, props: AlarmProps): AlertPolicy {
    return new AlertPolicy(scope, id, { channel: this, kind: 'metric', ...props });
  }
}
