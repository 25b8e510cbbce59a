import { apiCall } from '../../workflow/http-steps';
import { renewLockStep } from '../../workflow/lock-steps';
import { turnPage } from '../../workflow/page-steps';
import { expr, type Routine, type Step } from '../../workflow/syntax';
import { OPERATION_SECONDS, POLL_SECONDS, type RolloutWorkflowProps, vertexHost } from './rollout-props';

/** Address of a method of the endpoint. */
export const endpointUrl = ({ target, endpointId }: RolloutWorkflowProps, rest = ''): string =>
  `https://${vertexHost(target)}/v1/${endpointId}${rest}`;

/**
 * The endpoint as it is, once nothing is on its way: `{ lock, endpoint, split, models }`. What an execution began that then
 * crashed goes on by itself, and shows in the endpoint only when it has ended.
 */
export function seeRoutine(props: RolloutWorkflowProps): Routine {
  return {
    params: ['lock'],
    steps: [
      {
        begin: {
          assign: [{ held: expr('lock') }, { none: {} }, { deadline: expr(`sys.now() + ${OPERATION_SECONDS}`) }],
        },
      },
      { start: { assign: [{ query: { pageSize: '100' } }, { running: false }] } },
      apiCall('list', {
        method: 'GET',
        url: endpointUrl(props, '/operations'),
        query: expr('query'),
        result: 'page',
      }),
      {
        scan: {
          for: {
            value: 'operation',
            in: expr('default(map.get(page.body, "operations"), [])'),
            steps: [
              {
                is_running: {
                  switch: [
                    {
                      condition: expr('not(default(map.get(operation, "done"), false))'),
                      steps: [{ take_running: { assign: [{ running: true }] } }],
                    },
                  ],
                },
              },
            ],
          },
        },
      },
      ...turnPage({ next: 'is_at_rest' }),
      {
        is_at_rest: {
          switch: [
            { condition: expr('not(running)'), next: 'look' },
            {
              condition: expr('sys.now() > deadline'),
              raise: { message: 'An operation of the endpoint does not end.', tags: ['StillMoving'] },
            },
          ],
        },
      },
      ...pauseSteps(props, 'pause', 'start'),
      apiCall('look', { method: 'GET', url: endpointUrl(props), result: 'found' }),
      {
        give: {
          return: {
            lock: expr('held'),
            endpoint: expr('found.body'),
            split: expr('default(map.get(found.body, "trafficSplit"), none)'),
            models: expr('default(map.get(found.body, "deployedModels"), [])'),
          },
        },
      },
    ],
  };
}

/** Sleeps and renews the lock, of which the variable `held` is the generation. */
const pauseSteps = ({ lock }: RolloutWorkflowProps, name: string, next: string): readonly Step[] => [
  { [name]: { call: 'sys.sleep', args: { seconds: POLL_SECONDS } } },
  renewLockStep(`${name}_renew`, { lock, generation: expr('held'), result: 'held', next }),
];

/**
 * Waits for an operation of the endpoint: `{ lock, error }`, error '' when it did what it should. One that takes too long is
 * cancelled, and an error.
 */
export function operationRoutine(props: RolloutWorkflowProps): Routine {
  const url = expr(`"https://${vertexHost(props.target)}/v1/" + operation.name`);
  return {
    params: ['lock', 'operation'],
    steps: [
      {
        begin: {
          assign: [
            { held: expr('lock') },
            { found: expr('operation') },
            { deadline: expr(`sys.now() + ${OPERATION_SECONDS}`) },
          ],
        },
      },
      {
        is_done: {
          switch: [
            { condition: expr('default(map.get(found, "done"), false)'), next: 'give' },
            { condition: expr('sys.now() > deadline'), next: 'cancel' },
          ],
        },
      },
      ...pauseSteps(props, 'pause', 'look'),
      apiCall('look', { method: 'GET', url, result: 'answer' }),
      { take: { assign: [{ found: expr('answer.body') }], next: 'is_done' } },
      apiCall('cancel', {
        method: 'POST',
        url: expr(`"https://${vertexHost(props.target)}/v1/" + operation.name + ":cancel"`),
        accept: [400, 404, 409, 501],
      }),
      { too_long: { return: { lock: expr('held'), error: 'It took too long and was cancelled.' } } },
      {
        give: {
          return: {
            lock: expr('held'),
            error: expr('default(map.get(found, ["error", "message"]), "")'),
          },
        },
      },
    ],
  };
}

/**
 * Who serves: `{ whole, most, name, version }`. whole: id of what has all traffic, '' where nothing has; most: id of what
 * has most of it; name and version of that.
 */
export const WHO_SERVES: Routine = {
  params: ['split', 'models'],
  steps: [
    { begin: { assign: [{ whole: '' }, { most: '' }, { share: 0 }, { name: '' }, { version: '' }] } },
    {
      shares: {
        for: {
          value: 'id',
          in: expr('keys(split)'),
          steps: [
            {
              is_most: {
                switch: [
                  {
                    condition: expr('split[id] > share'),
                    steps: [{ take_most: { assign: [{ most: expr('id') }, { share: expr('split[id]') }] } }],
                  },
                ],
              },
            },
          ],
        },
      },
    },
    { is_whole: { switch: [{ condition: expr('share < 100'), next: 'names' }] } },
    { take_whole: { assign: [{ whole: expr('most') }] } },
    {
      names: {
        for: {
          value: 'one',
          in: expr('models'),
          steps: [
            {
              is_it: {
                switch: [
                  {
                    condition: expr('one.id == most'),
                    steps: [
                      {
                        take_names: {
                          assign: [
                            { name: expr('default(map.get(one, "displayName"), "")') },
                            { version: expr('default(map.get(one, "modelVersionId"), "")') },
                          ],
                        },
                      },
                    ],
                  },
                ],
              },
            },
          ],
        },
      },
    },
    {
      give: {
        return: { whole: expr('whole'), most: expr('most'), name: expr('name'), version: expr('version') },
      },
    },
  ],
};

/** Whether something of this id is deployed. */
export const IS_DEPLOYED: Routine = {
  params: ['models', 'id'],
  steps: [
    {
      search: {
        for: {
          value: 'one',
          in: expr('models'),
          steps: [{ is_it: { switch: [{ condition: expr('one.id == id'), return: true }] } }],
        },
      },
    },
    { not_found: { return: false } },
  ],
};
