import { renewLockStep } from '../../workflow/lock-steps';
import { expr, type Step } from '../../workflow/syntax';
import type { RolloutWorkflowProps } from './rollout-props';

export interface OperationProps {
  /** What Google was asked for, as it is told where it refused: `to undeploy it`. */
  readonly asked: string;
  /** Routine that says of the endpoint, `seen`, whether it is still to be done. */
  readonly open: { readonly call: string; readonly args: Readonly<Record<string, string>> };
}

/**
 * Sees a change of the endpoint through that was asked for as `answer`, while the lock is `held`: a step before goes on at
 * `wait` where it was taken. Gives the generation of the lock; raises a text.
 */
export const operationSteps = (props: RolloutWorkflowProps, { asked, open }: OperationProps): readonly Step[] => [
  // It may have been begun before, and the answer lost.
  renewLockStep('renew_to_look', { lock: props.lock, generation: expr('held'), result: 'held' }),
  { look: { call: 'see_endpoint', args: { lock: expr('held') }, result: 'seen' } },
  { find_open: { ...open, result: 'open' } },
  { was_done: { switch: [{ condition: expr('not(open)'), return: expr('seen.lock') }] } },
  {
    refused: {
      raise: {
        message: expr(`"Google refused ${asked} with error code " + string(answer.code)`),
        body: expr('answer.body'),
      },
    },
  },
  {
    wait: {
      call: 'await_endpoint',
      args: { lock: expr('held'), operation: expr('answer.body') },
      result: 'ended',
    },
  },
  { is_done: { switch: [{ condition: expr('ended.error != ""'), raise: expr('ended.error') }] } },
  { give: { return: expr('ended.lock') } },
];
