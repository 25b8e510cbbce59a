import { type AslMachine, type AslState, expr } from '../../machine/asl';
import { lockStates } from '../../machine/lock-states';
import { announceStates } from './announce-states';
import { armStates } from './arm-states';
import { decideStates } from './decide-states';
import { gaveUpState, looksOf } from './look-states';
import { moveStates } from './move-states';
import { prepareStates } from './prepare-states';
import { requestStates } from './request-states';
import { resolveStates } from './resolve-states';
import { LOCK_TTL_SECONDS, LOCK_WAIT_SECONDS, type RolloutMachineProps, timeoutSeconds } from './rollout-props';
import { followStates, seeStates } from './see-states';
import { settleStates } from './settle-states';

/**
 * The machine that decides which version an endpoint serves. It starts from the approval of a version, or by hand with a
 * RolloutRequest, and brings the endpoint to that version: waits for its turn; makes model, configuration and guards;
 * creates the endpoint, or updates it with the rollout of the plan; follows it until it is at rest; puts scaling, alarms
 * and leftovers in order; and says how it ended. One execution at a time works on an endpoint; others wait.
 *
 * Everything that can fail is inside `Work` and `Order`, so that whatever fails there is announced and the lock given back.
 * Source: SageMaker developer guide, "Deployment guardrails".
 */
export function rolloutMachine(props: RolloutMachineProps): AslMachine {
  const lock = (prefix: string, next: string) =>
    lockStates({
      prefix,
      table: props.lockTable,
      id: props.lock,
      next,
      ttlSeconds: LOCK_TTL_SECONDS,
      waitSeconds: LOCK_WAIT_SECONDS,
    });
  return {
    Comment: `Decides which version of ${props.model} serves.`,
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    TimeoutSeconds: timeoutSeconds(props),
    States: {
      ...requestStates(props),
      Work: guarded(
        {
          StartWork: { Type: 'Pass', Assign: START, Next: 'LockAcquire' },
          ...lock('Lock', 'ReadRecord'),
          ...seeStates(props, { scope: 'work', prefix: '', next: 'Decide' }),
          ...followStates(props, 'Decide'),
          ...decideStates(props),
          ...resolveStates(props),
          ...prepareStates(props),
          ...moveStates(props),
          ...gaveUpState('work'),
        },
        {
          into: 'work',
          otherwise: { outcome: 'broken', detail: expr(ERROR), version: expr('$request.version') },
          next: 'Order',
        },
      ),
      Order: guarded(
        {
          StartOrder: { Type: 'Pass', Assign: { [looksOf('order')]: 0, waits: 0 }, Next: 'OrderLockAcquire' },
          ...lock('OrderLock', 'OrderReadRecord'),
          ...seeStates(props, { scope: 'order', known: '$work.record', prefix: 'Order', next: 'Settle' }),
          ...settleStates(props),
          ...gaveUpState('order'),
        },
        {
          into: 'report',
          otherwise: {
            outcome: 'unfinished',
            detail: expr(`$work.detail & ' Then: ' & (${ERROR})`),
            version: expr('$work.version'),
            serves: 'Nobody could see.',
          },
          next: 'Outcome',
        },
      ),
      ...announceStates(props),
      ...armStates(props),
    },
  };
}

const NOTHING = expr("''");

const START = {
  name: NOTHING,
  approval: NOTHING,
  deadline: 0,
  prepared: false,
  ending: false,
  refused: NOTHING,
  refusals: 0,
  creations: 0,
  [looksOf('work')]: 0,
};

const ERROR = "$states.errorOutput.Error & ': ' & $states.errorOutput.Cause";

interface Guarded {
  /** Variable that gets what the states put out, or `otherwise`. */
  readonly into: string;
  readonly otherwise: Readonly<Record<string, unknown>>;
  readonly next: string;
}

/** A Parallel state of one branch: whatever fails in it is caught in one place. */
function guarded(States: Readonly<Record<string, AslState>>, { into, otherwise, next }: Guarded): AslState {
  return {
    Type: 'Parallel',
    Branches: [{ StartAt: Object.keys(States)[0], States }],
    Catch: [{ ErrorEquals: ['States.ALL'], Assign: { [into]: otherwise }, Next: next }],
    Assign: { [into]: expr('$states.result[0]') },
    Next: next,
  };
}
