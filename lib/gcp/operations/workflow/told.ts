import type { Signal } from '../../../plan/signals';
import { announceStep } from '../../alerts/announce';
import { expr, type Step } from '../../workflow/syntax';

export interface ToldFailure {
  readonly platform: string;
  /** What the channel hears. */
  readonly failed: Signal;
  /** Tag of the error that the workflow ends with then. */
  readonly error: string;
  /** Expression for what the announcement says that it is about. Default: nothing. */
  readonly serves?: string;
}

/**
 * Does some work. When it fails the channel hears of it, and the workflow ends with an error that says so.
 *
 * @param steps - the work
 */
export function toldWhenFailed(steps: readonly Step[], { platform, failed, error, serves }: ToldFailure): Step {
  return {
    work: {
      try: { steps },
      except: {
        as: 'e',
        steps: [
          { failure_text: { call: 'error_text', args: { e: expr('e') }, result: 'failure' } },
          announceStep('tell_failed', platform, failed, {
            detail: 'failure',
            ...(serves === undefined ? {} : { serves }),
          }),
          { fail: { raise: { message: expr('failure'), tags: [error] } } },
        ],
      },
    },
  };
}
