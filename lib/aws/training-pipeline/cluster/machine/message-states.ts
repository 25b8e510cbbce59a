import { type AslState, expr } from '../../../machine/asl';
import { claimState } from '../../../machine/lock-states';
import { oneLine } from '../../../machine/one-line';
import { answered } from './answer-states';
import type { ClusterMachineProps } from './cluster-props';

/**
 * Reads the message and makes it this execution's own: queues and pipes may hand one over twice, and whoever comes second
 * has nothing to do. The claim is never given back.
 */
export function messageStates(props: ClusterMachineProps): Readonly<Record<string, AslState>> {
  return {
    Read: {
      Type: 'Pass',
      Assign: { message: expr(MESSAGE) },
      Next: 'Claim',
    },
    Claim: claimState({
      table: props.lockTable,
      id: expr(`'${props.lock}/' & $message.token & '/' & $message.status`),
      seconds: props.longestSeconds + REDELIVERY_SECONDS,
      taken: 'Twice',
      failed: answered(props),
      next: 'IsStop',
    }),
    Twice: { Type: 'Succeed', Output: { outcome: 'twice' } },
    IsStop: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$message.status = 'Stopping'"), Next: 'Stop' }],
      Default: 'Train',
    },
  };
}

/**
 * The sample message of the developer guide, "Callback step", has `status`; that of StopPipelineExecution in the API reference
 * has `Status`.
 */
const MESSAGE = oneLine(`(
  $said := $parse($states.input[0].body);
  $merge([$said, { 'status': $exists($said.Status) ? $said.Status : $said.status }])
)`);

/** How long a queue may keep a message, and so hand it over once more: 14 days. Source: SQS API reference, SetQueueAttributes. */
const REDELIVERY_SECONDS = 1_209_600;
