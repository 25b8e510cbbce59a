import { FLOOR_SLACK } from '../../../plan/pipeline/gate';
import type { GatePlan } from '../../../plan/pipeline/pipeline-plan';
import { championPath } from '../../../plan/serving-access';
import { isNumber } from '../../workflow/number-types';
import { readStep } from '../../workflow/record-steps';
import { decimal, expr, quoted, type Routine } from '../../workflow/syntax';
import type { StartWorkflowProps } from './start-props';

/**
 * What the metric of the gate has to reach: the threshold, and where a version serves that was measured too, what that one
 * reached and the difference that is asked for. While another version is rolled out it is that one, which will serve by the
 * time that this run has ended. The lineage of a version is JSON in its description.
 */
export function floorRoutine({ plan }: StartWorkflowProps): Routine {
  const { gate } = plan;
  if (gate === undefined) return { steps: [{ give: { return: null } }] };
  const { value, betterThanChampionBy: by, of } = gate;
  const threshold = { give_threshold: { return: expr(decimal(value)) } };
  if (by === undefined) return { steps: [threshold] };
  return {
    steps: [
      readStep('look', { path: championPath(plan.model).join('/'), result: 'record' }),
      { is_kept: { switch: [{ condition: expr('get_type(record.value) != "map"'), next: 'give_threshold' }] } },
      {
        take_version: {
          assign: [
            { none: {} },
            { trying: expr('default(map.get(record.value, "trying"), none)') },
            // What says why is being taken back.
            { version: expr('if("why" in trying, null, map.get(trying, "version"))') },
            { version: expr('default(version, map.get(record.value, "version"))') },
          ],
        },
      },
      { serves: { switch: [{ condition: expr('version == null'), next: 'give_threshold' }] } },
      { look_version: { call: 'version_lineage', args: { version: expr('version') }, result: 'lineage' } },
      { take_measured: { assign: [{ measured: expr(`map.get(lineage, ["metrics", ${quoted(of.metric)}])`) }] } },
      {
        is_measured: {
          switch: [
            {
              condition: expr(isNumber('measured')),
              return: expr(better(gate, by)),
            },
          ],
        },
      },
      threshold,
    ],
  };
}

/** `gateFloor` as an expression. */
function better({ must, value }: GatePlan, by: number): string {
  const [limit, sign, give] = must === 'atLeast' ? ['math.max', '+', '-'] : ['math.min', '-', '+'];
  const [asked, slack] = [decimal(by), decimal(FLOOR_SLACK)];
  return `${limit}(${decimal(value)}, measured ${sign} ${asked} ${give} ${slack} * (math.abs(measured) + ${asked}))`;
}
