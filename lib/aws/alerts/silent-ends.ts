import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Signal } from '../../plan/signals';
import type { IAlerts } from './alert-channel';

export interface SilentEndsProps {
  /** ARN of the machine. */
  readonly machineArn: string;
  /** What is told of an end. */
  readonly signal: Signal;
  /** Where to look besides the execution. */
  readonly where?: string;
  readonly deadLetterQueue: sqs.IQueue;
}

/**
 * Tells the channel of ends that a machine cannot announce: it was stopped, ran out of time, could not reach the channel, or
 * broke where it catches nothing. What it announced itself ends well, as `announcedEnds` has it: an event says nothing of a
 * machine with a customer's key but the status, so a rule could not tell one failure from another.
 * Source: Step Functions developer guide, "Automating Step Functions event delivery with EventBridge", and "Data at rest
 * encryption in Step Functions" (docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html), FAQs: events of such
 * machines are without input, output, error and cause.
 */
export function announceSilentEnds(scope: Construct, id: string, channel: IAlerts, props: SilentEndsProps): void {
  const { machineArn, signal, where, deadLetterQueue } = props;
  channel.announce(scope, id, {
    signal,
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [machineArn], status: ['TIMED_OUT', 'ABORTED', 'FAILED'] },
    },
    details: {
      where: ['the execution ', { from: '$.detail.executionArn' }, ...(where === undefined ? [] : [`; ${where}`])],
      fields: { Status: { from: '$.detail.status' } },
    },
    deadLetterQueue,
  });
}
