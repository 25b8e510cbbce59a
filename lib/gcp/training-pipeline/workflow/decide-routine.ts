import { snapshotIdParameter } from '../../../plan/pipeline/run-parameters';
import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { expr, quoted, type Routine, type Step } from '../../workflow/syntax';
import { ENDED_STATES } from './run-states';
import type { StartWorkflowProps } from './start-props';

/**
 * Why no run is to be started, or an empty text: one is in flight, be it behind others that have ended, the last began too
 * short a while ago, or new data is what that one had too. `snapshots` is what a run would read, by the parameter that says
 * so; none at the first look.
 */
export function decideRoutine(props: StartWorkflowProps): Routine {
  const { plan } = props;
  const ids = plan.datasets.map(snapshotIdParameter);
  return {
    params: ['reason', 'snapshots'],
    steps: [
      ...newestRun(props, 'in_flight', ENDED_STATES, 'name'),
      {
        is_in_flight: {
          switch: [
            {
              condition: expr('len(runs) > 0'),
              return: expr('"The run " + runs[0].name + " is in flight."'),
            },
          ],
        },
      },
      ...newestRun(props, 'last', [], 'name,createTime,runtimeConfig'),
      { is_first: { switch: [{ condition: expr('len(runs) == 0'), return: '' }] } },
      { name_last: { assign: [{ last: expr('runs[0]') }] } },
      {
        may_start: {
          switch: [
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

/**
 * Asks for the newest run that is in none of these states: `runs` has it, or nothing. Source: discovery document of
 * aiplatform.v1, projects.locations.pipelineJobs.list: `filter` knows `state` by `=` and `!=`, and `AND`.
 */
function newestRun(
  { target, plan }: StartWorkflowProps,
  name: string,
  but: readonly string[],
  readMask: string,
): readonly Step[] {
  return [
    apiCall(`look_${name}`, {
      method: 'GET',
      url: `https://${vertexHost(target)}/v1/projects/${target.project}/locations/${target.region}/pipelineJobs`,
      query: {
        filter: [`display_name="${plan.name}"`, ...but.map((state) => `state!="${state}"`)].join(' AND '),
        orderBy: 'create_time desc',
        pageSize: 1,
        readMask,
      },
      result: 'answer',
    }),
    { [`take_${name}`]: { assign: [{ runs: expr('default(map.get(answer.body, "pipelineJobs"), [])') }] } },
  ];
}
