import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Signal } from '../../plan/signals';
import type { IAlerts } from './alert-channel';

export interface SilentEndsProps {
  /** ARN of the machine. */
  readonly machineArn: string;
  /** What the machine says itself when it fails. */
  readonly signal: Signal;
  /** Errors that it ends with once it has said so. Default: it says nothing itself. */
  readonly announcedErrors?: readonly string[];
  readonly deadLetterQueue: sqs.IQueue;
}

/**
 * Tells the channel of ends that a machine cannot announce: it was stopped, ran out of time, or could not reach the
 * channel. Source: Step Functions developer guide, "Step Functions execution status changes".
 */
export function announceSilentEnds(scope: Construct, id: string, channel: IAlerts, props: SilentEndsProps): void {
  const { announcedErrors = [] } = props;
  channel.announce(scope, id, {
    signal: props.signal,
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [props.machineArn],
        ...(announcedErrors.length === 0
          ? { status: ['TIMED_OUT', 'ABORTED', 'FAILED'] }
          : {
              $or: [
                { status: ['TIMED_OUT', 'ABORTED'] },
                { status: ['FAILED'], error: [{ 'anything-but': [...announcedErrors] }] },
              ],
            }),
      },
    },
    details: {
      where: ['the execution ', { from: '$.detail.executionArn' }],
      fields: { Status: { from: '$.detail.status' } },
    },
    deadLetterQueue: props.deadLetterQueue,
  });
}
