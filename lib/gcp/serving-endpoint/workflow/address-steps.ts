import { apiCall } from '../../workflow/http-steps';
import { renewLockStep } from '../../workflow/lock-steps';
import { expr, type Routine } from '../../workflow/syntax';
import type { PrivateAddress, RolloutWorkflowProps } from './rollout-props';

/** Looks at a rule that was just made or deleted before the workflow gives up, and seconds between two. */
const LOOKS = 40;
const LOOK_SECONDS = 15;

/**
 * Leads the address that clients use to the endpoint: `call: keep_address`, `args: { seen, lock }`. Gives the generation of
 * the lock. Only a deployment tells which service attachment an endpoint has, so Terraform cannot make the rule. A rule that
 * leads elsewhere is made anew, with the same address.
 *
 * Sources: Vertex AI documentation, "Use dedicated private endpoints based on Private Service Connect for online inference";
 * Compute Engine API, forwardingRules: without a load balancing scheme, as endpoints of Private Service Connect have none.
 */
export function addressRoutine({ target, lock }: RolloutWorkflowProps, address: PrivateAddress): Routine {
  const rules = `https://compute.googleapis.com/compute/v1/projects/${target.project}/regions/${target.region}/forwardingRules`;
  const rule = `${rules}/${address.rule}`;
  return {
    params: ['seen', 'lock'],
    steps: [
      { begin: { assign: [{ held: expr('lock') }, { looks: 0 }, { attachment: expr(OF_ENDPOINT) }] } },
      {
        models: {
          for: {
            value: 'one',
            in: expr('seen.models'),
            steps: [
              {
                take_attachment: {
                  assign: [{ attachment: expr(`if(attachment == "", ${OF_MODEL}, attachment)`) }],
                },
              },
            ],
          },
        },
      },
      {
        is_known: {
          switch: [
            {
              condition: expr('attachment == ""'),
              raise: 'The endpoint has no service attachment, so nobody in the network can reach it.',
            },
          ],
        },
      },
      apiCall('look', { method: 'GET', url: rule, accept: [404], result: 'found' }),
      {
        is_there: {
          switch: [
            {
              condition: expr(`looks >= ${LOOKS}`),
              raise: `The forwarding rule ${address.rule} does not become what it should be.`,
            },
            { condition: expr('found.code == 404'), next: 'insert' },
            { condition: expr(`${leadsTo} == attachment`), next: 'is_accepted' },
          ],
        },
      },
      apiCall('remove', { method: 'DELETE', url: rule, accept: [404], result: 'answer' }),
      { pause: { call: 'sys.sleep', args: { seconds: LOOK_SECONDS } } },
      renewLockStep('renew', { lock, generation: expr('held'), result: 'held' }),
      { count: { assign: [{ looks: expr('looks + 1') }], next: 'look' } },
      apiCall('insert', {
        method: 'POST',
        url: rules,
        body: {
          name: address.rule,
          IPAddress: resource(address.address),
          network: resource(address.network),
          target: expr(`${JSON.stringify(COMPUTE)} + attachment`),
        },
        accept: [409],
        next: 'pause',
      }),
      {
        is_accepted: {
          switch: [
            {
              condition: expr('default(map.get(found.body, "pscConnectionStatus"), "PENDING") == "ACCEPTED"'),
              return: expr('held'),
            },
            {
              condition: expr('default(map.get(found.body, "pscConnectionStatus"), "PENDING") == "PENDING"'),
              next: 'pause',
            },
          ],
        },
      },
      {
        refused: {
          raise: expr(
            `"The endpoint does not accept the forwarding rule ${address.rule}: " + found.body.pscConnectionStatus`,
          ),
        },
      },
    ],
  };
}

const COMPUTE = 'https://www.googleapis.com/compute/v1/';
const resource = (name: string): string => `${COMPUTE}${name}`;

const leadsTo =
  'text.replace_all_regex(default(map.get(found.body, "target"), ""), "^https://[^/]+/compute/[^/]+/", "")';

const OF_ENDPOINT = 'default(map.get(seen.endpoint, ["privateServiceConnectConfig", "serviceAttachment"]), "")';
const OF_MODEL = 'default(map.get(one, ["privateEndpoints", "serviceAttachment"]), "")';
