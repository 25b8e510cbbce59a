import { ENDPOINT_TAG, PLATFORM_TAG } from '../../../plan/tags';
import { expr } from '../../machine/asl';
import { literal, type OperationsMachineProps, tagged } from './machine-props';

export interface RetireMachineProps extends OperationsMachineProps {
  /** Start of the names of the stacks of models; the model follows. */
  readonly stackPrefix: string;
  /** Name of the table of locks. */
  readonly lockTable: string;
}

/** How long an execution may wait for rollouts and work: 16 hours, in which the longest rollout fits twice. */
export const RETIRE_TIMEOUT_SECONDS = 57_600;

/** How long its lock outlives an execution that crashed: 30 minutes. It is renewed at every look at the endpoint. */
export const RETIRE_LOCK_TTL_SECONDS = 1800;

/** Seconds between two looks at a lock that a rollout holds, and at an endpoint that is under way. */
export const RETIRE_WAIT_SECONDS = 60;

/** What everything has that was made for the endpoint at run time. */
export const ofEndpoint = (slug: string): string =>
  tagged({ [PLATFORM_TAG]: literal(slug), [ENDPOINT_TAG]: '$endpoint' });

/** Catches a call that changes something: whether it did is seen in the next round. */
export const tryAgain = [
  {
    ErrorEquals: ['States.ALL'],
    Assign: { failure: expr("$states.errorOutput.Error & ': ' & $states.errorOutput.Cause") },
    Next: 'MayTryAgain',
  },
];
