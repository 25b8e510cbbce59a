import { apiCall } from '../../workflow/http-steps';
import { expr, type Routine } from '../../workflow/syntax';
import type { OperationsWorkflowProps } from './operations-props';

/** Looks at a rule that is being deleted before the workflow gives up, and seconds between two. */
const LOOKS = 40;
const LOOK_SECONDS = 15;

/**
 * Deletes the forwarding rule that leads clients to an endpoint: while there is one, Terraform can delete neither the address
 * nor the network. Gives whether there was one. In a workflow: `call: delete_rule`, `args: { rule }`.
 */
export function ruleRoutine({ target }: OperationsWorkflowProps): Routine {
  const rules = `https://compute.googleapis.com/compute/v1/projects/${target.project}/regions/${target.region}/forwardingRules`;
  const url = expr(`"${rules}/" + rule`);
  return {
    params: ['rule'],
    steps: [
      { begin: { assign: [{ looks: 0 }] } },
      apiCall('look', { method: 'GET', url, accept: [404], result: 'found' }),
      {
        is_gone: {
          switch: [
            { condition: expr('found.code == 404'), return: expr('looks > 0') },
            { condition: expr(`looks >= ${LOOKS}`), raise: expr('"The forwarding rule " + rule + " does not go."') },
          ],
        },
      },
      // One that is being deleted already is refused, which is as good.
      apiCall('remove', { method: 'DELETE', url, accept: [400, 404, 409] }),
      { pause: { call: 'sys.sleep', args: { seconds: LOOK_SECONDS } } },
      { count: { assign: [{ looks: expr('looks + 1') }], next: 'look' } },
    ],
  };
}
