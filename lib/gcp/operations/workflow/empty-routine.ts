import { CHALLENGER_ALIAS, CHAMPION_ALIAS } from '../../model-registry/approval-convention';
import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { renewLockStep } from '../../workflow/lock-steps';
import { expr, type Routine, type Step } from '../../workflow/syntax';
import type { OperationsWorkflowProps } from './operations-props';
import { pauseSteps } from './rest-routine';
import { MAX_FAILURES, RETIRE_LOCK_TTL_SECONDS, UNDEPLOY_SECONDS } from './retire-props';

/**
 * Empties an endpoint: looks at it, round after round, until nothing is deployed to it. Each round waits until nothing is on
 * its way, takes the aliases of the model away, then all traffic, and undeploys one version. What a round could not do the
 * next one sees. Gives `{ lock, removed }`: the generation of the lock, and how many versions were undeployed.
 * In a workflow: `call: empty_endpoint`, `args: { name, lock, generation }`.
 *
 * Source: Vertex AI API, projects.locations.endpoints: a version is undeployed without traffic; an update of the traffic
 * to nothing at all is allowed.
 */
export function emptyRoutine(props: OperationsWorkflowProps): Routine {
  const url = (rest = '') => expr(`"https://${vertexHost(props.target)}/v1/" + name + ${JSON.stringify(rest)}`);
  return {
    params: ['name', 'lock', 'generation'],
    steps: [
      {
        begin: {
          assign: [{ held: expr('generation') }, { removed: 0 }, { failures: 0 }, { failure: '' }, { none: {} }],
        },
      },
      {
        rest: {
          call: 'at_rest',
          args: { name: expr('name'), lock: expr('lock'), generation: expr('held') },
          result: 'held',
        },
      },
      apiCall('look', { method: 'GET', url: url(), accept: [404], result: 'found' }),
      { is_gone: { switch: [{ condition: expr('found.code == 404'), next: 'give' }] } },
      {
        take_deployed: {
          assign: [
            { deployed: expr('default(map.get(found.body, "deployedModels"), [])') },
            { split: expr('default(map.get(found.body, "trafficSplit"), none)') },
          ],
        },
      },
      {
        is_empty: {
          switch: [
            { condition: expr('len(deployed) == 0'), next: 'give' },
            { condition: expr(`failures >= ${MAX_FAILURES}`), raise: expr('failure') },
          ],
        },
      },
      renewLockStep('renew', {
        lock: expr('lock'),
        generation: expr('held'),
        ttlSeconds: RETIRE_LOCK_TTL_SECONDS,
        result: 'held',
      }),
      {
        round: {
          try: { steps: roundSteps(props, url) },
          except: {
            as: 'e',
            steps: [
              { round_text: { call: 'error_text', args: { e: expr('e') }, result: 'failure' } },
              { count_failure: { assign: [{ failures: expr('failures + 1') }] } },
              ...pauseSteps('pause', 'rest'),
            ],
          },
        },
      },
      { again: { assign: [{ removed: expr('removed + 1') }], next: 'rest' } },
      { give: { return: { lock: expr('held'), removed: expr('removed') } } },
    ],
  };
}

/** Aliases that the rollout gives to the version that serves, and to the one that is tried against it. */
const ALIASES = [CHAMPION_ALIAS, CHALLENGER_ALIAS];

const roundSteps = ({ target }: OperationsWorkflowProps, url: (rest?: string) => string): readonly Step[] => [
  {
    take_first: {
      assign: [
        { one: expr('deployed[0]') },
        { parts: expr('text.split(one.model, "@")') },
        { model: expr('parts[0]') },
      ],
    },
  },
  ...ALIASES.flatMap((alias) => aliasSteps(target, alias)),
  { has_traffic: { switch: [{ condition: expr('len(split) == 0'), next: 'undeploy' }] } },
  apiCall('stop_traffic', {
    method: 'PATCH',
    url: url(),
    query: { updateMask: 'trafficSplit' },
    body: { trafficSplit: {} },
  }),
  apiCall('undeploy', {
    method: 'POST',
    url: url(':undeployModel'),
    body: { deployedModelId: expr('one.id') },
    result: 'begun',
  }),
  {
    wait: {
      call: 'await_operation',
      args: { host: vertexHost(target), operation: expr('begun.body'), seconds: UNDEPLOY_SECONDS },
      result: 'ended',
    },
  },
  {
    is_undeployed: {
      switch: [
        {
          condition: expr('map.get(ended, "error") != null'),
          raise: expr('default(map.get(ended.error, "message"), "A version could not be undeployed.")'),
        },
      ],
    },
  },
];

/** Takes an alias from the version that has it. The model may be gone, and then no version has it. */
const aliasSteps = (target: OperationsWorkflowProps['target'], alias: string): readonly Step[] => [
  apiCall(`find_${alias}`, {
    method: 'GET',
    url: expr(`"https://${vertexHost(target)}/v1/" + model + "@${alias}"`),
    accept: [404],
    result: 'version',
  }),
  {
    [`has_${alias}`]: {
      switch: [
        {
          condition: expr('version.code != 404'),
          steps: [
            apiCall(`remove_${alias}`, {
              method: 'POST',
              url: expr(
                `"https://${vertexHost(target)}/v1/" + model + "@" + version.body.versionId + ":mergeVersionAliases"`,
              ),
              body: { versionAliases: [`-${alias}`] },
            }),
          ],
        },
      ],
    },
  },
];
