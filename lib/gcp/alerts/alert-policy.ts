import {
  MonitoringAlertPolicy,
  type MonitoringAlertPolicyConditions,
} from '@cdktf/provider-google/lib/monitoring-alert-policy';
import type { MonitoringNotificationChannel } from '@cdktf/provider-google/lib/monitoring-notification-channel';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { alertTitle } from '../../plan/alert-message';
import { MOST_CHANNELS } from '../../plan/google-receivers';
import { textOn } from '../../plan/signal-text';
import type { Severity, Signal } from '../../plan/signals';
import { literal } from '../escape';
import { labelText } from '../labels';
import type { AlarmProps, AlertChannel, AnnounceProps } from './alert-channel';
import { ANNOUNCED_FIELDS, announcedFilter } from './announce';
import { logFilter } from './log-filter';

/** What Monitoring calls the severities of the plan; it has none for what is for the record. */
const SEVERITIES: Readonly<Record<Severity, string | undefined>> = {
  critical: 'CRITICAL',
  warning: 'WARNING',
  info: undefined,
};

/** Shortest pause between two notifications of one log-match policy. Source: Monitoring documentation, "Log-based alerting policies". */
const NOTIFICATION_PERIOD = '300s';
/** An incident of a log entry has no end of its own. The shortest that Monitoring takes is 30 minutes. */
const CLOSE_AFTER = '1800s';

export type AlertPolicyProps = { readonly channel: AlertChannel } & (
  | ({ readonly kind: 'event' } & AnnounceProps)
  | ({ readonly kind: 'metric' } & AlarmProps)
);

/**
 * One signal as an alert policy: its text, severity and threshold are those of the plan.
 *
 * @throws Error where it is in another stack than the channels that it tells, where it would tell more of them than Monitoring
 * takes, and where its filter is longer than Cloud Logging takes.
 */
export class AlertPolicy extends Construct {
  public readonly resource: MonitoringAlertPolicy;
  public readonly signal: Signal;

  constructor(scope: Construct, id: string, props: AlertPolicyProps) {
    super(scope, id);
    const { channel, signal } = props;
    const told = [...channel.channels, ...(props.kind === 'metric' ? (props.also ?? []) : [])];
    if (told.length > MOST_CHANNELS)
      throw new Error(
        `${this.node.path}: ${signal.name} would tell ${told.length} notification channels, and an alert policy tells ${MOST_CHANNELS}. Name the address of a group for some of them.`,
      );
    const severity = SEVERITIES[signal.severity];
    this.signal = signal;
    this.resource = new MonitoringAlertPolicy(this, 'Policy', {
      project: channel.target.project,
      displayName: `${channel.platform}: ${signal.name}`,
      combiner: 'OR',
      conditions: [{ displayName: signal.name, ...conditionOf(this, props) }],
      documentation: {
        subject: literal(`${alertTitle(signal)} (${channel.platform})`),
        content: documentation(props),
        mimeType: 'text/markdown',
      },
      alertStrategy:
        props.kind === 'event'
          ? { notificationRateLimit: { period: NOTIFICATION_PERIOD }, autoClose: CLOSE_AFTER }
          : { autoClose: CLOSE_AFTER, notificationPrompts: ['OPENED', 'CLOSED'] },
      notificationChannels: told.map((one) => this.numberOf(one)),
      ...(severity === undefined ? {} : { severity }),
      userLabels: {
        ...channel.labels,
        signal: labelText(signal.name),
        severity: signal.severity,
        ...(signal.model === undefined ? {} : { model: labelText(signal.model) }),
      },
    });
  }

  /** Google numbers channels, so no other stack knows one but by reading the state of its own. */
  private numberOf(channel: MonitoringNotificationChannel): string {
    const [here, there] = [this, channel].map((one) => TerraformStack.of(one).node.path);
    if (here === there) return channel.id;
    throw new Error(
      `${this.node.path}: cannot tell ${channel.node.path}, which only the stack ${there} knows. Make a channel in ${here}: an AlertChannel with the same addresses, and with Alerts.topicId as its topic.`,
    );
  }
}

function conditionOf(
  scope: AlertPolicy,
  props: AlertPolicyProps,
): Omit<MonitoringAlertPolicyConditions, 'displayName'> {
  if (props.kind === 'metric') return props.condition;
  return {
    conditionMatchedLog: {
      filter: logFilter(scope, props.filter ?? announcedFilter(props.channel.platform, props.signal)),
      labelExtractors: Object.fromEntries(
        Object.entries(fieldsOf(props)).map(([label, extractor]) => [extractedLabel(label), literal(extractor)]),
      ),
    },
  };
}

const fieldsOf = (props: { readonly kind: 'event' } & AnnounceProps) =>
  props.fields ?? (props.filter === undefined ? ANNOUNCED_FIELDS : {});

const extractedLabel = (label: string): string => labelText(label).replaceAll('-', '_');

/** What happened and what to do, where to look, and what the log entry says. `${…}` is Monitoring's own, not Terraform's. */
function documentation(props: AlertPolicyProps): string {
  const { signal, where } = props;
  const lines = props.kind === 'event' ? Object.keys(fieldsOf(props)) : [];
  return literal(
    [
      textOn('gcp', signal),
      ...(where === undefined ? [] : [`Where to look: ${where}`]),
      ...lines.map((label) => `${label}: \${log.extracted_label.${extractedLabel(label)}}`),
    ].join('\n\n'),
  );
}
