import { snapshotIdParameter } from '../../../plan/pipeline/run-parameters';
import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import type { StartWorkflowProps } from './start-props';

/** States of a run that goes on. Source: discovery document of aiplatform.v1, GoogleCloudAiplatformV1PipelineJob.state. */
const IN_FLIGHT = [
  'PIPELINE_STATE_QUEUED',
  'PIPELINE_STATE_PENDING',
  'PIPELINE_STATE_RUNNING',
  'PIPELINE_STATE_CANCELLING',
  'PIPELINE_STATE_PAUSED',
];

/**
 * Why no run is to be started, or an empty text: one is in flight, the last began too short a while ago, or new data is
 * what that one had too. `snapshots` is what a run would read, by the parameter that says so; none at the first look.
 */
export function decideRoutine({ target, plan }: StartWorkflowProps): Routine {
  const ids = plan.datasets.map(snapshotIdParameter);
  return {
    params: ['reason', 'snapshots'],
    steps: [
      apiCall('look', {
        method: 'GET',
        url: `https://${vertexHost(target)}/v1/projects/${target.project}/locations/${target.region}/pipelineJobs`,
        query: {
          filter: `display_name="${plan.name}"`,
          orderBy: 'create_time desc',
          pageSize: 1,
          readMask: 'name,state,createTime,runtimeConfig',
        },
        result: 'answer',
      }),
      { take: { assign: [{ runs: expr('default(map.get(answer.body, "pipelineJobs"), [])') }] } },
      { is_first: { switch: [{ condition: expr('len(runs) == 0'), return: '' }] } },
      { take_last: { assign: [{ last: expr('runs[0]') }] } },
      {
        may_start: {
          switch: [
            {
              condition: expr(`map.get(last, "state") in ${JSON.stringify(IN_FLIGHT)}`),
              return: expr('"The run " + last.name + " is in flight."'),
            },
            { condition: expr('reason == "manual"'), return: '' },
            {
              condition: expr(`sys.now() - time.parse(last.createTime) < ${plan.cooldownSeconds}`),
              return: expr(
                `"The run " + last.name + " began at " + last.createTime + ${quoted(`, and the cooldown is ${plan.cooldownSeconds} seconds.`)}`,
              ),
            },
            { condition: expr('reason != "new-data" or len(keys(snapshots)) == 0'), return: '' },
          ],
        },
      },
      {
        take_had: {
          assign: [
            { had: expr('map.get(last, ["runtimeConfig", "parameterValues"])') },
            { changed: expr('had == null') },
          ],
        },
      },
      { has_none: { switch: [{ condition: expr('changed'), return: '' }] } },
      {
        compare: {
          for: {
            value: 'id',
            in: ids,
            steps: [
              { is_same: { assign: [{ changed: expr('changed or map.get(had, id) != map.get(snapshots, id)') }] } },
            ],
          },
        },
      },
      { is_new: { switch: [{ condition: expr('changed'), return: '' }] } },
      { is_old: { return: expr('"The run " + last.name + " has read the same data."') } },
    ],
  };
}
