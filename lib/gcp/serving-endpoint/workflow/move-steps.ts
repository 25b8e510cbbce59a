import type { RolloutStep } from '../../../plan/rollout';
import { GUARD_EVALUATION } from '../../../spec/rollout-time';
import { CHALLENGER_ALIAS } from '../../model-registry/approval-convention';
import { apiCall } from '../../workflow/http-steps';
import { renewLockStep } from '../../workflow/lock-steps';
import { writeStep } from '../../workflow/record-steps';
import { expr, type Step } from '../../workflow/syntax';
import { deployedModel } from './deployment';
import { bakePollSeconds, PRIVATE_METRIC_DELAY, type RolloutWorkflowProps } from './rollout-props';
import { endpointUrl } from './see-steps';

/**
 * Deploys the version and moves the traffic to it, step by step. Whatever fails in here takes everything back. Goes on
 * where `trying` of the record says that an execution which crashed had come to.
 *
 * Variables: `lock`, `request`, `record`, `trying`, `seen`; `version` and `name` of what is to serve, `id` of it on the
 * endpoint; `saved`, the traffic before; `plan`, the steps; `begun`, whether anything was deployed.
 */
export function moveSteps(props: RolloutWorkflowProps): readonly Step[] {
  return [
    {
      find: {
        call: 'is_deployed',
        args: { models: expr('seen.models'), id: expr('id') },
        result: 'begun',
      },
    },
    { is_begun: { switch: [{ condition: expr('begun'), next: 'is_first' }] } },
    {
      fleet: { call: 'fleet_of', args: { models: expr('seen.models'), split: expr('saved') }, result: 'fleet' },
    },
    {
      body: { assign: [{ body: { deployedModel: deployedModel(props.settings, props.modelId) } }] },
    },
    { has_traffic: { switch: [{ condition: expr('len(saved) > 0'), next: 'challenge' }] } },
    // "0" is what is being deployed. Source: DeployModelRequest of the API.
    { all_traffic: { assign: [{ 'body.trafficSplit': { '0': 100 } }], next: 'deploy' } },
    {
      challenge: {
        call: 'set_alias',
        args: { version: expr('version'), alias: CHALLENGER_ALIAS, wanted: true },
      },
    },
    apiCall('deploy', {
      method: 'POST',
      url: endpointUrl(props, ':deployModel'),
      body: expr('body'),
      accept: [400, 409],
      result: 'answer',
    }),
    { is_taken: { switch: [{ condition: expr('answer.code == 200'), next: 'is_deploying' }] } },
    ...refusedSteps('deploy', 'is_first'),
    { is_deploying: { assign: [{ begun: true }] } },
    {
      deployed: {
        call: 'await_endpoint',
        args: { lock: expr('lock'), operation: expr('answer.body') },
        result: 'ended',
      },
    },
    { take_lock_again: { assign: [{ lock: expr('ended.lock') }] } },
    { has_deployed: { switch: [{ condition: expr('ended.error != ""'), raise: expr('ended.error') }] } },
    { is_first: { switch: [{ condition: expr('len(saved) == 0'), next: 'moved' }] } },
    { is_moving: { switch: [{ condition: expr('trying.step >= 0'), next: 'until' }] } },
    ...shiftSteps(props),
    ...bakeSteps(props),
    { moved: { assign: [{ outcome: 'promoted' }, { detail: 'All traffic goes to this version.' }] } },
  ];
}

/**
 * A call that is refused may have been taken before, and its answer lost: what it began is waited for, and looked at. Goes
 * on at `next` where it is deployed.
 */
const refusedSteps = (name: string, next: string): readonly Step[] => [
  { [`${name}_look`]: { call: 'see_endpoint', args: { lock: expr('lock') }, result: 'seen' } },
  { [`${name}_took`]: { assign: [{ lock: expr('seen.lock') }] } },
  {
    [`${name}_find`]: {
      call: 'is_deployed',
      args: { models: expr('seen.models'), id: expr('id') },
      result: 'begun',
    },
  },
  { [`${name}_is_there`]: { switch: [{ condition: expr('begun'), next }] } },
  {
    [`${name}_refused`]: {
      raise: {
        message: expr('"Google refused to deploy it with error code " + string(answer.code)'),
        body: expr('answer.body'),
      },
    },
  },
];

/** What has most of the traffic gives the share of the step to the new one; what else has some has none from here on. */
const shiftSteps = (props: RolloutWorkflowProps): readonly Step[] => [
  // Guards that are slow to answer may have taken longer than the lock lasts.
  renewLockStep('shift_renew', { lock: props.lock, generation: expr('lock'), result: 'lock' }),
  {
    shift: {
      assign: [
        { step: expr('trying.step + 1') },
        { share: expr('plan[step].share') },
        { split: {} },
        { 'split[id]': expr('share') },
      ],
    },
  },
  {
    is_part: {
      switch: [
        {
          condition: expr('share < 100'),
          steps: [{ rest: { assign: [{ 'split[main]': expr('100 - share') }] } }],
        },
      ],
    },
  },
  apiCall('move', {
    method: 'PATCH',
    url: endpointUrl(props),
    query: { updateMask: 'trafficSplit' },
    body: { trafficSplit: expr('split') },
  }),
  {
    mark_step: {
      assign: [
        { 'trying.step': expr('step') },
        { 'trying.since': expr('int(sys.now())') },
        { 'record.trying': expr('trying') },
      ],
    },
  },
  writeStep('write_step', { path: props.championPath, value: expr('record') }),
];

/** Looks at the guards until the step has baked and what was measured meanwhile can be seen. */
function bakeSteps(props: RolloutWorkflowProps): readonly Step[] {
  const guarded = props.guards.length > 0;
  const late = guarded && props.privateAddress !== undefined ? PRIVATE_METRIC_DELAY - GUARD_EVALUATION.delaySeconds : 0;
  return [
    {
      until: {
        assign: [
          // A rollout with fewer steps may have been begun by an execution that knew more.
          { step: expr('math.min(trying.step, len(plan) - 1)') },
          { deadline: expr(`trying.since + plan[step].wait + ${late}`) },
        ],
      },
    },
    ...(guarded
      ? [
          {
            watch: {
              call: 'judge_guards',
              args: { id: expr('id'), since: expr('trying.since') },
              result: 'why',
            },
          },
          { is_well: { switch: [{ condition: expr('why != ""'), raise: expr('why') }] } },
        ]
      : []),
    {
      is_baked: {
        switch: [
          { condition: expr('sys.now() < deadline'), next: 'bake' },
          { condition: expr('step >= len(plan) - 1'), next: 'moved' },
        ],
        next: 'shift_renew',
      },
    },
    {
      bake: {
        call: 'sys.sleep',
        args: { seconds: expr(`math.max(1, math.min(${bakePollSeconds(props.rollout)}, deadline - int(sys.now())))`) },
      },
    },
    renewLockStep('bake_renew', {
      lock: props.lock,
      generation: expr('lock'),
      result: 'lock',
      next: guarded ? 'watch' : 'is_baked',
    }),
  ];
}

/** Steps of the plan as a workflow reads them. */
export const planOf = (steps: readonly RolloutStep[]) =>
  steps.map(({ share, waitSeconds }) => ({ share, wait: waitSeconds }));
