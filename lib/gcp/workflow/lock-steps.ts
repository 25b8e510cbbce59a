import { deleteStep, readStep, writeStep } from './record-steps';
import { expr, type Routine, type Step, type Value } from './syntax';

/**
 * Locks of workflows: objects of the bucket of records, `locks/<name of the lock>`, that say who holds them and until when.
 * A document that uses these steps has LOCK_ROUTINES, RECORD_ROUTINES and HTTP_ROUTINES beside its `main`.
 *
 * Whoever creates the object holds the lock, which Cloud Storage lets only one do. A lock that has expired is taken over by
 * writing just that generation of it.
 */

/** Where locks are in the bucket of records. */
export const LOCKS_PREFIX = 'locks/';

/** How long a lock outlives a holder that crashed: 15 minutes. A holder renews it more often than that. */
export const LOCK_TTL_SECONDS = 900;
/** Seconds between two looks at a lock that another execution holds. */
export const LOCK_WAIT_SECONDS = 60;
/** How long an execution waits for a lock before it gives up: a day. */
export const LOCK_PATIENCE_SECONDS = 86_400;

const OWNER = 'sys.get_env("GOOGLE_CLOUD_WORKFLOW_ID") + "/" + sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")';

const takeLock: Routine = {
  params: ['lock', 'generation', 'ttl'],
  steps: [
    {
      begin: {
        assign: [
          { path: expr(`"${LOCKS_PREFIX}" + lock`) },
          { owner: expr(OWNER) },
          { known: expr('generation') },
          { deadline: expr(`sys.now() + ${LOCK_PATIENCE_SECONDS}`) },
        ],
      },
    },
    writeStep('take', {
      path: expr('path'),
      value: { owner: expr('owner'), expires: expr('int(sys.now()) + ttl') },
      generation: expr('known'),
      result: 'taken',
    }),
    { is_taken: { switch: [{ condition: expr('taken != null'), return: expr('taken') }] } },
    readStep('look', { path: expr('path'), result: 'held' }),
    { is_there: { switch: [{ condition: expr('not(held.found)'), next: 'is_free' }] } },
    {
      has_holder: {
        switch: [{ condition: expr('get_type(held.value) == "map"'), next: 'is_held' }],
        next: 'is_free',
      },
    },
    {
      is_held: {
        switch: [
          { condition: expr('map.get(held.value, "owner") == owner'), next: 'is_free' },
          { condition: expr('default(map.get(held.value, "expires"), 0) < sys.now()'), next: 'is_free' },
          {
            condition: expr('sys.now() > deadline'),
            raise: {
              message: expr(
                '"The lock " + lock + " is held by " + default(map.get(held.value, "owner"), "somebody") + "."',
              ),
              tags: ['LockHeld'],
            },
          },
        ],
        next: 'pause',
      },
    },
    { is_free: { assign: [{ known: expr('held.generation') }], next: 'take' } },
    { pause: { call: 'sys.sleep', args: { seconds: LOCK_WAIT_SECONDS }, next: 'look' } },
  ],
};

/**
 * Never waits: whoever took the lock meanwhile decides now, and who lost it must not touch anything any more. Raises an
 * error with the tag `LockLost` then.
 */
const renewLock: Routine = {
  params: ['lock', 'generation', 'ttl'],
  steps: [
    {
      begin: {
        assign: [{ path: expr(`"${LOCKS_PREFIX}" + lock`) }, { owner: expr(OWNER) }, { known: expr('generation') }],
      },
    },
    writeStep('renew', {
      path: expr('path'),
      value: { owner: expr('owner'), expires: expr('int(sys.now()) + ttl') },
      generation: expr('known'),
      result: 'renewed',
    }),
    { is_renewed: { switch: [{ condition: expr('renewed != null'), return: expr('renewed') }] } },
    // The answer of an earlier write may have been lost.
    readStep('look', { path: expr('path'), result: 'held' }),
    {
      is_own: {
        switch: [
          {
            condition: expr('get_type(held.value) == "map"'),
            steps: [{ take_holder: { assign: [{ holder: expr('map.get(held.value, "owner")') }], next: 'is_ours' } }],
          },
        ],
        next: 'lost',
      },
    },
    { is_ours: { switch: [{ condition: expr('holder == owner'), next: 'go_on' }], next: 'lost' } },
    { go_on: { assign: [{ known: expr('held.generation') }], next: 'renew' } },
    {
      lost: { raise: { message: expr('"The lock " + lock + " was lost to another execution."'), tags: ['LockLost'] } },
    },
  ],
};

/**
 * Never fails: the work is done, and the lock either belongs to somebody else by now or expires. Where it was renewed by
 * what failed before it could say so, its holder tells whose it is.
 */
const giveLockBack: Routine = {
  params: ['lock', 'generation'],
  steps: [
    { begin: { assign: [{ path: expr(`"${LOCKS_PREFIX}" + lock`) }, { owner: expr(OWNER) }] } },
    {
      give_back: {
        try: {
          steps: [
            deleteStep('remove', { path: expr('path'), generation: expr('generation'), result: 'gone' }),
            { is_gone: { switch: [{ condition: expr('gone'), return: true }] } },
            readStep('look', { path: expr('path'), result: 'held' }),
            { has_holder: { switch: [{ condition: expr('get_type(held.value) != "map"'), return: false }] } },
            {
              is_ours: {
                switch: [{ condition: expr('map.get(held.value, "owner") != owner'), return: false }],
              },
            },
            deleteStep('remove_renewed', { path: expr('path'), generation: expr('held.generation') }),
          ],
        },
        except: { as: 'e', steps: [{ left: { assign: [{ left: true }] } }] },
      },
    },
  ],
};

export const LOCK_ROUTINES = {
  take_lock: takeLock,
  renew_lock: renewLock,
  give_lock_back: giveLockBack,
} as const satisfies Readonly<Record<string, Routine>>;

interface LockStep {
  /** Name of the lock, of the plan: a text or an expression. */
  readonly lock: Value;
  readonly next?: string;
}

interface TakeStep extends LockStep {
  /** Variable that gets the generation of the lock, for its renewal and for giving it back. */
  readonly result: string;
  /** Seconds after which it is free again. Default: LOCK_TTL_SECONDS. */
  readonly ttlSeconds?: number;
}

const held = (name: string, routine: string, generation: Value, step: TakeStep): Step => ({
  [name]: {
    call: routine,
    args: { lock: step.lock, generation, ttl: step.ttlSeconds ?? LOCK_TTL_SECONDS },
    result: step.result,
    ...(step.next === undefined ? {} : { next: step.next }),
  },
});

/**
 * Takes a lock, waiting while another execution holds it; an execution that holds it already goes on. Raises after
 * LOCK_PATIENCE_SECONDS.
 */
export const takeLockStep = (name: string, step: TakeStep): Step => held(name, 'take_lock', '0', step);

/** Renews a lock. Raises an error with the tag `LockLost` when another execution holds it. */
export const renewLockStep = (name: string, step: TakeStep & { readonly generation: Value }): Step =>
  held(name, 'renew_lock', step.generation, step);

/** Gives a lock back, if this execution still holds it. */
export const giveLockBackStep = (name: string, step: LockStep & { readonly generation: Value }): Step => ({
  [name]: {
    call: 'give_lock_back',
    args: { lock: step.lock, generation: step.generation },
    ...(step.next === undefined ? {} : { next: step.next }),
  },
});
