import { championPath } from '../../../plan/serving-access';
import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { readStep } from '../../workflow/record-steps';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import type { StartWorkflowProps } from './start-props';

/**
 * What the metric of the gate has to reach: the threshold, and where a version serves that was measured too, what that one
 * reached and the difference that is asked for. The lineage of a version is JSON in its description.
 */
export function floorRoutine({ plan, modelId, target }: StartWorkflowProps): Routine {
  const { gate } = plan;
  if (gate === undefined) return { steps: [{ give: { return: null } }] };
  const { must, value, betterThanChampionBy: by, of } = gate;
  const threshold = { give_threshold: { return: expr(`double(${value})`) } };
  if (by === undefined) return { steps: [threshold] };
  const better = must === 'atLeast' ? `math.max(${value}, measured + ${by})` : `math.min(${value}, measured - ${by})`;
  return {
    steps: [
      readStep('look', { path: championPath(plan.model).join('/'), result: 'record' }),
      { is_kept: { switch: [{ condition: expr('get_type(record.value) != "map"'), next: 'give_threshold' }] } },
      { take_version: { assign: [{ version: expr('map.get(record.value, "version")') }] } },
      { serves: { switch: [{ condition: expr('version == null'), next: 'give_threshold' }] } },
      apiCall('look_version', {
        method: 'GET',
        url: expr(`${quoted(`https://${vertexHost(target)}/v1/${modelId}@`)} + string(version)`),
        accept: [404],
        result: 'answer',
      }),
      { is_there: { switch: [{ condition: expr('answer.code == 404'), next: 'give_threshold' }] } },
      {
        take_said: {
          assign: [{ said: expr('default(map.get(answer.body, "versionDescription"), "")') }, { lineage: null }],
        },
      },
      // Whoever registered the version by hand may have written anything.
      {
        read_said: {
          try: { steps: [{ decode: { assign: [{ lineage: expr('json.decode(said)') }] } }] },
          except: { as: 'e', steps: [{ none: { assign: [{ lineage: null }] } }] },
        },
      },
      { is_lineage: { switch: [{ condition: expr('get_type(lineage) != "map"'), next: 'give_threshold' }] } },
      { take_measured: { assign: [{ measured: expr(`map.get(lineage, ["metrics", ${quoted(of.metric)}])`) }] } },
      {
        is_measured: {
          switch: [
            {
              condition: expr('get_type(measured) in ["integer", "double"]'),
              return: expr(`double(${better})`),
            },
          ],
        },
      },
      threshold,
    ],
  };
}
