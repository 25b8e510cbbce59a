import { apiCall } from '../../workflow/http-steps';
import { renewLockStep } from '../../workflow/lock-steps';
import { expr, type Routine } from '../../workflow/syntax';
import { operationSteps } from './operation-steps';
import { POLL_SECONDS, type RolloutWorkflowProps } from './rollout-props';
import { endpointUrl } from './see-steps';

/** How often a way back is tried before a person has to act. */
const TRIES = 4;

/**
 * Gives all traffic back to what had it before, and undeploys what was tried: `call: take_back`, `args: { lock, saved, id }`.
 * Gives the generation of the lock. Looks first, so it may be called again after a crash at any point. A call of an API may
 * take seven minutes with all its tries, so of a lock's fifteen two take the most: it is renewed after every second one.
 */
export const takeBackRoutine = (props: RolloutWorkflowProps): Routine => ({
  params: ['lock', 'saved', 'id'],
  steps: [
    { begin: { assign: [{ held: expr('lock') }, { tries: 0 }, { why: '' }] } },
    {
      attempt: {
        try: {
          steps: [
            renewLockStep('renew', { lock: props.lock, generation: expr('held'), result: 'held' }),
            { see: { call: 'see_endpoint', args: { lock: expr('held') }, result: 'seen' } },
            { take_seen: { assign: [{ held: expr('seen.lock') }] } },
            { is_back: { switch: [{ condition: expr('len(saved) + len(seen.split) == 0'), next: 'find' }] } },
            renewLockStep('renew_to_move', { lock: props.lock, generation: expr('held'), result: 'held' }),
            apiCall('move_back', {
              method: 'PATCH',
              url: endpointUrl(props),
              query: { updateMask: 'trafficSplit' },
              body: { trafficSplit: expr('saved') },
            }),
            {
              find: { call: 'is_deployed', args: { models: expr('seen.models'), id: expr('id') }, result: 'deployed' },
            },
            { is_gone: { switch: [{ condition: expr('not(deployed)'), return: expr('held') }] } },
            { undeploy: { call: 'undeploy', args: { lock: expr('held'), id: expr('id') }, result: 'held' } },
            { done: { return: expr('held') } },
          ],
        },
        except: {
          as: 'e',
          steps: [
            {
              is_lost: {
                switch: [{ condition: expr('"LockLost" in default(map.get(e, "tags"), [])'), raise: expr('e') }],
              },
            },
            { take_why: { call: 'error_text', args: { e: expr('e') }, result: 'told' } },
            { count: { assign: [{ tries: expr('tries + 1') }, { why: expr('told') }] } },
          ],
        },
      },
    },
    { is_hopeless: { switch: [{ condition: expr(`tries >= ${TRIES}`), raise: expr('why') }] } },
    { pause: { call: 'sys.sleep', args: { seconds: POLL_SECONDS }, next: 'attempt' } },
  ],
});

/** Undeploys what has no traffic: `call: undeploy`, `args: { lock, id }`. Gives the generation of the lock; raises a text. */
export const undeployRoutine = (props: RolloutWorkflowProps): Routine => ({
  params: ['lock', 'id'],
  steps: [
    renewLockStep('renew', { lock: props.lock, generation: expr('lock'), result: 'held' }),
    apiCall('begin', {
      method: 'POST',
      url: endpointUrl(props, ':undeployModel'),
      body: { deployedModelId: expr('id') },
      accept: [400, 404, 409],
      result: 'answer',
    }),
    {
      is_gone: {
        switch: [
          { condition: expr('answer.code == 404'), return: expr('held') },
          { condition: expr('answer.code == 200'), next: 'wait' },
        ],
      },
    },
    ...operationSteps(props, {
      asked: 'to undeploy it',
      open: { call: 'is_deployed', args: { models: expr('seen.models'), id: expr('id') } },
    }),
  ],
});
