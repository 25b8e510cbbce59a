import { Aws, Duration, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { eventsUndelivered } from '../../plan/signals';
import { acknowledge } from '../policy/acknowledge';
import type { IAlerts } from './alert-channel';

/** How long undelivered messages wait for a person: the longest that SQS keeps them. */
export const DEAD_LETTER_RETENTION = Duration.days(14);

export interface DeadLettersProps {
  /** Whose events they are, as the alarm names it: `training`, `fraud-detector`. */
  readonly of: string;
  /** Who hears of them. */
  readonly alerts: IAlerts;
  /** Key of the queue; its policy must let EventBridge use it. Default: the key of the alert channel. */
  readonly encryptionKey?: kms.IKey;
}

/**
 * Events that rules of this account could not hand to their targets, kept for a person, with an alarm. Without it
 * EventBridge drops an event after a day of tries and nobody knows.
 */
export class DeadLetters extends Construct {
  public readonly queue: sqs.Queue;

  constructor(scope: Construct, id: string, props: DeadLettersProps) {
    super(scope, id);
    const { account, region, stackName } = Stack.of(this);
    this.queue = deadLetterQueue(this, 'Queue', props.encryptionKey ?? props.alerts.encryptionKey);
    this.queue.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:events:${region}:${account}:rule/*` } },
      }),
    );
    acknowledge(this.queue, { 'AwsSolutions-SQS3': 'This queue is itself the dead-letter queue of event rules.' });
    props.alerts.alarm(this, 'Alarm', {
      signal: eventsUndelivered(props.of),
      metric: waiting(this.queue),
      where: `Amazon SQS, the queue of the stack ${stackName}`,
    });
  }
}

/** An encrypted queue for what could not be delivered. */
export function deadLetterQueue(scope: Construct, id: string, encryptionKey: kms.IKey): sqs.Queue {
  return new sqs.Queue(scope, id, {
    encryption: sqs.QueueEncryption.KMS,
    encryptionMasterKey: encryptionKey,
    enforceSSL: true,
    retentionPeriod: DEAD_LETTER_RETENTION,
  });
}

/** Messages that wait in a queue. */
export const waiting = (queue: sqs.IQueue, props?: cloudwatch.MetricOptions): cloudwatch.Metric =>
  queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: Duration.minutes(5), ...props });
