import { type AslState, call, expr } from './asl';

/** Attribute that names a lock: the partition key of the table of locks. */
export const LOCK_KEY = 'lock';
/** Attribute with the time at which a lock is free again, in seconds since 1970. The table's TTL reads it too. */
export const LOCK_EXPIRY = 'expiresAt';

export interface UnlockStatesProps {
  /** Start of the names of these states, unique within the machine: `Unlock`. */
  readonly prefix: string;
  /** Name of the table of locks. */
  readonly table: string;
  /** What is locked, a literal or `expr(...)`: `datasets/transactions`. */
  readonly id: string;
  /** State to go on with, on the same input. */
  readonly next: string;
}

export interface LockStatesProps extends UnlockStatesProps {
  /**
   * Seconds after which a lock is free again whose holder crashed. Longer than any work under the lock, so that a holder
   * that still runs never loses it; the machine's TimeoutSeconds should be longer by that work, or who waits gives up
   * before the lock of a crashed one is free.
   */
  readonly ttlSeconds: number;
  /** Seconds between two tries while somebody else holds the lock. */
  readonly waitSeconds: number;
}

/** Step Functions names errors of SDK calls after the SDK's client. Source: developer guide, "AWS SDK service integrations". */
const HELD_BY_ANOTHER = ['DynamoDb.ConditionalCheckFailedException'];

const SAME_INPUT = expr('$states.input');
const OWNER = { S: expr('$states.context.Execution.Id') };
const seconds = (ahead: number) => ({ N: expr(`$string($floor($millis() / 1000) + ${ahead})`) });
const NAMES = { '#lock': LOCK_KEY, '#owner': 'owner', '#expiry': LOCK_EXPIRY };

/** A lock that is held is an answer and not retried; anything else may pass. */
const RETRY = [
  { ErrorEquals: HELD_BY_ANOTHER, MaxAttempts: 0 },
  { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 5, JitterStrategy: 'FULL' },
];

/**
 * States that take a lock, starting at `<prefix>Acquire`: waits while another execution holds it; an execution that
 * holds it already goes on (so a redrive does). The machine's input passes through unchanged.
 */
export function lockStates(props: LockStatesProps): Readonly<Record<string, AslState>> {
  const acquire = `${props.prefix}Acquire`;
  const wait = `${props.prefix}Wait`;
  return {
    [acquire]: call('dynamodb:putItem', putLock(props.table, props.id, props.ttlSeconds), {
      Retry: RETRY,
      Catch: [{ ErrorEquals: HELD_BY_ANOTHER, Output: SAME_INPUT, Next: wait }],
      Output: SAME_INPUT,
      Next: props.next,
    }),
    [wait]: { Type: 'Wait', Seconds: props.waitSeconds, Next: acquire },
  };
}

export interface ClaimStateProps {
  /** Name of the table of locks. */
  readonly table: string;
  /** What is claimed, a literal or `expr(...)`. */
  readonly id: string;
  /** Seconds after which nobody can come any more who would claim the same. */
  readonly seconds: number;
  /** State to go on with, on the same input, where another execution has claimed it. */
  readonly taken: string;
  /** What becomes of an error, as an entry of Catch. */
  readonly failed: Readonly<Record<string, unknown>>;
  readonly next: string;
}

/** A state that takes a lock for ever: what comes to several executions is for the first, and nobody waits. */
export function claimState({ table, id, seconds: ahead, taken, failed, next }: ClaimStateProps): AslState {
  return call('dynamodb:putItem', putLock(table, id, ahead), {
    Retry: RETRY,
    Catch: [
      { ErrorEquals: HELD_BY_ANOTHER, Output: SAME_INPUT, Next: taken },
      { ErrorEquals: ['States.ALL'], ...failed },
    ],
    Output: SAME_INPUT,
    Next: next,
  });
}

/** Takes a lock that nobody else has, or that expired. */
const putLock = (table: string, id: string, ahead: number) => ({
  TableName: table,
  Item: { [LOCK_KEY]: { S: id }, owner: OWNER, [LOCK_EXPIRY]: seconds(ahead) },
  ConditionExpression: 'attribute_not_exists(#lock) OR #expiry < :now OR #owner = :owner',
  ExpressionAttributeNames: NAMES,
  ExpressionAttributeValues: { ':now': seconds(0), ':owner': OWNER },
});

/**
 * The state that gives a lock back, `<prefix>Release`. It goes on even when that fails: the work is done, and the lock
 * either belongs to somebody else by now or expires. The machine's input passes through unchanged.
 */
export function unlockStates(props: UnlockStatesProps): Readonly<Record<string, AslState>> {
  return {
    [`${props.prefix}Release`]: call(
      'dynamodb:deleteItem',
      {
        TableName: props.table,
        Key: { [LOCK_KEY]: { S: props.id } },
        ConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': NAMES['#owner'] },
        ExpressionAttributeValues: { ':owner': OWNER },
      },
      {
        Retry: RETRY,
        Catch: [{ ErrorEquals: ['States.ALL'], Output: SAME_INPUT, Next: props.next }],
        Output: SAME_INPUT,
        Next: props.next,
      },
    ),
  };
}
