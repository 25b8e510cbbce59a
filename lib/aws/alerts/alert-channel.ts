import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct, IConstruct, IDependable } from 'constructs';
import type { AlertDetails } from '../../plan/alert-message';
import type { Signal } from '../../plan/signals';
import type { Grantors } from '../access/grantors';
import type { AlertsGrants } from './alerts-grants';

export interface AnnounceProps {
  readonly signal: Signal;
  /** Events of the default bus to tell of. */
  readonly eventPattern: events.EventPattern;
  /**
   * Where to look and what else to know. Holes are paths into the event, such as `{ from: '$.detail.TrainingJobName' }`.
   * A path to free text must exist in every event that the pattern matches.
   */
  readonly details: Omit<AlertDetails, 'platform'>;
  /** Takes events that could not be handed over. Default: a queue of its own with an alarm. */
  readonly deadLetterQueue?: sqs.IQueue;
}

export interface AlarmProps {
  /** A signal with a threshold. */
  readonly signal: Signal;
  readonly metric: cloudwatch.IMetric;
  /** How the metric is judged. Default: DEFAULT_JUDGEMENT, at the threshold of the signal. */
  readonly judged?: Partial<Judgement>;
  /** Where to look, in words or as an address; the text of the alarm ends in it. Default: the text of the signal is all. */
  readonly where?: string;
  /** A name of the plan, for what has to find the alarm from elsewhere. Default: CloudFormation makes one. */
  readonly alarmName?: string;
}

/** When a metric is bad. */
export interface Judgement {
  /** In the unit of the metric. */
  readonly threshold: number;
  /** Values that are bad: from the threshold on, above it, or below it. */
  readonly bad: 'from' | 'above' | 'below';
  /** Periods of the metric in a row that have to be bad. */
  readonly datapoints: number;
  /** What a period without data is. */
  readonly missing: 'good' | 'bad';
}

/** The alert channel, made here or elsewhere. */
export interface IAlerts extends IConstruct {
  readonly topic: sns.ITopic;
  /** Key of the topic. */
  readonly encryptionKey: kms.IKey;
  /** What alerts come from, as its readers call it. */
  readonly platform: string | undefined;
  /** What must exist before services may publish, for those that AWS asks at once. */
  readonly publishable: IDependable;
  /** Makes an alarm tell the channel. */
  readonly action: cloudwatch.IAlarmAction;
  readonly grants: AlertsGrants;
  /** Grants the verbs of `channel`. */
  readonly grantors: Grantors;
  /** Tells the channel of each event that matches, in the words of a signal. */
  announce(scope: Construct, id: string, props: AnnounceProps): events.IRule;
  /** Tells the channel when a metric reaches the threshold of a signal. */
  alarm(scope: Construct, id: string, props: AlarmProps): cloudwatch.IAlarm;
}
