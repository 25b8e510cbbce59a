import { FLOOR_SLACK } from '../../../plan/pipeline/gate';
import type { GatePlan } from '../../../plan/pipeline/pipeline-plan';
import { championPath } from '../../../plan/serving-access';
import { isNumber } from '../../workflow/number-types';
import { readStep } from '../../workflow/record-steps';
import { decimal, expr, quoted, type Routine } from '../../workflow/syntax';
import type { StartWorkflowProps } from './start-props';

/**
 * What the metric of the gate has to reach: the threshold, or what is so much better than the version that serves and
 * than one that is being rolled out, either of which may serve by the time that this run has ended. One whose metric is
 * not known asks for nothing. The lineage of a version is JSON in its description.
 */
export function floorRoutine({ plan }: StartWorkflowProps): Routine {
  const { gate } = plan;
  if (gate === undefined) return { steps: [{ give: { return: null } }] };
  const { value, betterThanChampionBy: by, of } = gate;
  const threshold = expr(decimal(value));
  if (by === undefined) return { steps: [{ give: { return: threshold } }] };
  return {
    steps: [
      readStep('look', { path: championPath(plan.model).join('/'), result: 'record' }),
      { take_threshold: { assign: [{ floor: threshold }] } },
      { is_kept: { switch: [{ condition: expr('get_type(record.value) != "map"'), next: 'give' }] } },
      {
        take_versions: {
          assign: [
            { none: {} },
            { trying: expr('default(map.get(record.value, "trying"), none)') },
            {
              versions: [
                expr('map.get(record.value, "version")'),
                // What says why is being taken back.
                expr('if("why" in trying, null, map.get(trying, "version"))'),
              ],
            },
          ],
        },
      },
      {
        look_at_versions: {
          for: {
            value: 'version',
            in: expr('versions'),
            steps: [
              { is_version: { switch: [{ condition: expr('version == null'), next: 'continue' }] } },
              { look_version: { call: 'version_lineage', args: { version: expr('version') }, result: 'lineage' } },
              {
                take_measured: { assign: [{ measured: expr(`map.get(lineage, ["metrics", ${quoted(of.metric)}])`) }] },
              },
              {
                is_measured: {
                  switch: [
                    {
                      condition: expr(isNumber('measured')),
                      steps: [{ raise_floor: { assign: [{ floor: expr(better(gate.must, by)) }] } }],
                    },
                  ],
                },
              },
            ],
          },
        },
      },
      { give: { return: expr('floor') } },
    ],
  };
}

/** A step of `gateFloor` as an expression. */
function better(must: GatePlan['must'], by: number): string {
  const [limit, sign, give] = must === 'atLeast' ? ['math.max', '+', '-'] : ['math.min', '-', '+'];
  const [asked, slack] = [decimal(by), decimal(FLOOR_SLACK)];
  return `${limit}(floor, measured ${sign} ${asked} ${give} ${slack} * (math.abs(measured) + ${asked}))`;
}
