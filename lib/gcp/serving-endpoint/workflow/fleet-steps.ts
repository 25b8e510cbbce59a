import { apiCall } from '../../workflow/http-steps';
import { renewLockStep } from '../../workflow/lock-steps';
import { expr, type Routine } from '../../workflow/syntax';
import { operationSteps } from './operation-steps';
import type { RolloutWorkflowProps } from './rollout-props';
import { endpointUrl } from './see-steps';

/**
 * Machines that have the traffic of a split now: `args: { models, split }`. A new version begins with as many, because
 * autoscaling adds them only once the requests are there.
 * Source: Vertex AI API, DeployedModelStatus.available_replica_count.
 */
export const FLEET_OF: Routine = {
  params: ['models', 'split'],
  steps: [
    { begin: { assign: [{ fleet: 0 }] } },
    {
      count: {
        for: {
          value: 'one',
          in: expr('models'),
          steps: [
            {
              has_traffic: {
                switch: [
                  {
                    condition: expr('default(map.get(split, one.id), 0) > 0'),
                    steps: [
                      {
                        add: {
                          assign: [
                            { fleet: expr('fleet + default(map.get(one, ["status", "availableReplicaCount"]), 0)') },
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
    { give: { return: expr('fleet') } },
  ],
};

/** Whether a version on these settings may not scale in to the machines of the spec: `args: { models, id, name }`. */
export const keptRoutine = ({ settings }: RolloutWorkflowProps): Routine => ({
  params: ['models', 'id', 'name'],
  steps: [
    {
      search: {
        for: {
          value: 'one',
          in: expr('models'),
          steps: [
            {
              is_it: {
                switch: [
                  {
                    condition: expr(
                      `one.id == id and map.get(one, "displayName") == name and default(map.get(one, ["dedicatedResources", "minReplicaCount"]), 0) > ${settings.replicas.min}`,
                    ),
                    return: true,
                  },
                ],
              },
            },
          ],
        },
      },
    },
    { is_free: { return: false } },
  ],
});

/**
 * Lets what serves scale in again, once it is promoted: `call: release_fleet`, `args: { lock, models, id, name }`. Gives the
 * generation of the lock; raises a text. What has another name than these settings give was deployed with other machines,
 * and its next rollout brings it what the spec says.
 * Source: Vertex AI API, MutateDeployedModelRequest.
 */
export const releaseRoutine = (props: RolloutWorkflowProps): Routine => ({
  params: ['lock', 'models', 'id', 'name'],
  steps: [
    { find: { call: 'is_kept', args: { models: expr('models'), id: expr('id'), name: expr('name') }, result: 'kept' } },
    { is_free: { switch: [{ condition: expr('not(kept)'), return: expr('lock') }] } },
    renewLockStep('renew', { lock: props.lock, generation: expr('lock'), result: 'held' }),
    apiCall('release', {
      method: 'POST',
      url: endpointUrl(props, ':mutateDeployedModel'),
      body: {
        deployedModel: {
          id: expr('id'),
          dedicatedResources: {
            machineSpec: props.settings.machineSpec,
            minReplicaCount: props.settings.replicas.min,
          },
        },
        updateMask: 'dedicatedResources.minReplicaCount',
      },
      accept: [400, 409],
      result: 'answer',
    }),
    { is_taken: { switch: [{ condition: expr('answer.code == 200'), next: 'wait' }] } },
    ...operationSteps(props, {
      asked: 'to let it scale in',
      open: { call: 'is_kept', args: { models: expr('seen.models'), id: expr('id'), name: expr('name') } },
    }),
  ],
});
