import { HTTP_ROUTINES } from '../../workflow/http-steps';
import { LOCK_ROUTINES } from '../../workflow/lock-steps';
import { RECORD_ROUTINES } from '../../workflow/record-steps';
import { expr, type Step, type WorkflowSource } from '../../workflow/syntax';
import { addressRoutine } from './address-steps';
import { announceSteps } from './announce-steps';
import { decideSteps } from './decide-steps';
import { FLEET_OF, keptRoutine, releaseRoutine } from './fleet-steps';
import { guardRoutines } from './guard-steps';
import { requestRoutine } from './request-steps';
import type { RolloutWorkflowProps } from './rollout-props';
import { IS_DEPLOYED, operationRoutine, seeRoutine, WHO_SERVES } from './see-steps';
import { aliasRoutine, settleRoutine, TOLD } from './settle-steps';
import { takeBackRoutine, undeployRoutine } from './take-back-steps';
import { FOLLOWED, tryAndSettleSteps } from './try-steps';

/**
 * The workflow that decides which version an endpoint serves. It starts from the approval of a version, or by hand with a
 * RolloutRequest, and brings the endpoint to that version: waits for its turn; deploys it beside what serves; moves the
 * traffic in the steps of the plan and watches the new version alone while each bakes; undeploys what is over; keeps the
 * record, the aliases, the address and the machines in order; and says how it ended. One execution at a time works on an
 * endpoint.
 *
 * It decides from what is, so it may be started again with the same argument after a crash at any point. Everything that
 * can fail is inside `work` and `order`, so that whatever fails there is announced and the lock given back.
 * Source: Vertex AI API, EndpointService: DeployModel, UpdateEndpoint (traffic_split), UndeployModel, MutateDeployedModel.
 */
export function rolloutWorkflow(props: RolloutWorkflowProps): WorkflowSource {
  return {
    main: {
      params: ['input'],
      steps: [
        {
          begin: {
            assign: [
              { lock: '' },
              { none: {} },
              { record: {} },
              { owned: false },
              { touched: false },
              { broken: false },
              { over: false },
              { remembered: true },
              { announced: true },
              { outcome: 'failed' },
              { detail: '' },
              { version: '' },
              { serves: 'What served before.' },
            ],
          },
        },
        { read_request: { call: 'read_request', args: { input: expr('input') }, result: 'request' } },
        { take_request: { assign: [{ version: expr('request.version') }, { detail: expr('request.wrong') }] } },
        { is_request: { switch: [{ condition: expr('detail != ""'), next: 'say' }] } },
        guarded(
          'work',
          [...decideSteps(props), ...tryAndSettleSteps(props), { worked: { assign: [{ done: true }] } }],
          [{ broken: true }, { outcome: expr('if(touched, "unfinished", "failed")') }, { detail: expr('told') }],
        ),
        {
          is_orderly: {
            switch: [{ condition: expr('broken or not(owned)'), next: 'say' }],
          },
        },
        guarded('order', orderSteps(), [
          { detail: expr('detail + " Then: " + told') },
          { outcome: 'unfinished' },
          { serves: 'Nobody could see.' },
        ]),
        ...announceSteps(props),
      ],
    },
    read_request: requestRoutine(props),
    see_endpoint: seeRoutine(props),
    await_endpoint: operationRoutine(props),
    who_serves: WHO_SERVES,
    is_deployed: IS_DEPLOYED,
    followed: FOLLOWED,
    fleet_of: FLEET_OF,
    is_kept: keptRoutine(props),
    release_fleet: releaseRoutine(props),
    take_back: takeBackRoutine(props),
    undeploy: undeployRoutine(props),
    settle: settleRoutine(props),
    set_alias: aliasRoutine(props),
    told: TOLD,
    ...(props.privateAddress === undefined ? {} : { keep_address: addressRoutine(props, props.privateAddress) }),
    ...guardRoutines(props),
    ...LOCK_ROUTINES,
    ...RECORD_ROUTINES,
    ...HTTP_ROUTINES,
  };
}

/** Steps whose errors end them, with what is known then. */
const guarded = (
  name: string,
  steps: readonly Step[],
  otherwise: readonly Readonly<Record<string, unknown>>[],
): Step => ({
  [name]: {
    try: { steps },
    except: {
      as: 'e',
      steps: [
        { [`${name}_text`]: { call: 'error_text', args: { e: expr('e') }, result: 'told' } },
        { [`${name}_broke`]: { assign: otherwise } },
      ],
    },
  },
});

/** A way back that failed is left as it is for whoever looks into it; only what serves is told. */
const orderSteps = (): readonly Step[] => [
  { is_stuck: { switch: [{ condition: expr('outcome == "rollback-failed"'), next: 'look_only' }] } },
  {
    settle_all: {
      call: 'settle',
      args: {
        lock: expr('lock'),
        record: expr('record'),
        version: expr('version'),
        keep: expr('if(over, "", default(map.get(record, ["trying", "id"]), ""))'),
      },
      result: 'settled',
    },
  },
  { take_settled: { assign: [{ lock: expr('settled.lock') }, { serves: expr('settled.serves') }], next: 'ordered' } },
  { look_only: { call: 'see_endpoint', args: { lock: expr('lock') }, result: 'seen' } },
  {
    look_who: {
      call: 'who_serves',
      args: { split: expr('seen.split'), models: expr('seen.models') },
      result: 'who',
    },
  },
  { look_told: { call: 'told', args: { who: expr('who'), split: expr('seen.split') }, result: 'serves' } },
  { take_seen_lock: { assign: [{ lock: expr('seen.lock') }] } },
  { ordered: { assign: [{ done: true }] } },
];
