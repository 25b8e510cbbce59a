import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { renewLockStep } from '../../workflow/lock-steps';
import { turnPage } from '../../workflow/page-steps';
import { expr, type Routine, type Step } from '../../workflow/syntax';
import type { OperationsWorkflowProps } from './operations-props';
import { RETIRE_LOCK_TTL_SECONDS, RETIRE_PATIENCE_SECONDS, RETIRE_WAIT_SECONDS } from './retire-props';

/** Sleeps, and renews the lock `lock` of which `held` is the generation. */
export const pauseSteps = (name: string, next: string): readonly Step[] => [
  { [name]: { call: 'sys.sleep', args: { seconds: RETIRE_WAIT_SECONDS } } },
  renewLockStep(`${name}_renew`, {
    lock: expr('lock'),
    generation: expr('held'),
    ttlSeconds: RETIRE_LOCK_TTL_SECONDS,
    result: 'held',
    next,
  }),
];

/**
 * Waits until nothing is on its way on an endpoint: a deployment that an execution began which then crashed goes on by
 * itself, and would serve after everything else is gone. Gives the generation of the lock.
 * In a workflow: `call: at_rest`, `args: { name, lock, generation }`.
 */
export function restRoutine({ target }: OperationsWorkflowProps): Routine {
  return {
    params: ['name', 'lock', 'generation'],
    steps: [
      {
        begin: { assign: [{ held: expr('generation') }, { deadline: expr(`sys.now() + ${RETIRE_PATIENCE_SECONDS}`) }] },
      },
      { start: { assign: [{ query: { pageSize: '100' } }, { running: '' }] } },
      apiCall('list', {
        method: 'GET',
        url: expr(`"https://${vertexHost(target)}/v1/" + name + "/operations"`),
        query: expr('query'),
        accept: [404],
        result: 'page',
      }),
      { is_gone: { switch: [{ condition: expr('page.code == 404'), return: expr('held') }] } },
      {
        scan: {
          for: {
            value: 'operation',
            in: expr('default(map.get(page.body, "operations"), [])'),
            steps: [
              {
                is_running: {
                  switch: [{ condition: expr('default(map.get(operation, "done"), false)'), next: 'continue' }],
                },
              },
              { take: { assign: [{ running: expr('operation.name') }] } },
            ],
          },
        },
      },
      ...turnPage({ next: 'is_at_rest' }),
      {
        is_at_rest: {
          switch: [
            { condition: expr('running == ""'), return: expr('held') },
            {
              condition: expr('sys.now() > deadline'),
              raise: { message: expr('"The operation " + running + " does not end."'), tags: ['StillMoving'] },
            },
          ],
        },
      },
      ...pauseSteps('pause', 'start'),
    ],
  };
}
