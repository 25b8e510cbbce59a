import type { Threshold } from './graph';
import type { GatePlan } from './pipeline-plan';

/** Whether a metric is as a threshold wants it. */
export const holds = ({ must, value }: Pick<Threshold, 'must' | 'value'>, measured: number): boolean =>
  must === 'atLeast' ? measured >= value : measured <= value;

/**
 * Share of what is compared by which a floor gives way, so that a model exactly as good as it has to be passes: sums of
 * numbers that no computer keeps exactly are a little off, and JSONata writes 15 digits of a number, and no more.
 */
export const FLOOR_SLACK = 1e-12;

/**
 * What the metric of the gate has to reach in a run: its threshold and, where that is asked for, so much better than the
 * version that serves and than one that is being rolled out, but for FLOOR_SLACK.
 *
 * @param compared - what each of these versions was measured at; undefined if there is none, or it never was
 */
export function gateFloor(
  { must, value, betterThanChampionBy: by }: GatePlan,
  ...compared: readonly (number | undefined)[]
): number {
  const floors = compared.flatMap((measured) => {
    if (by === undefined || measured === undefined) return [];
    const slack = FLOOR_SLACK * (Math.abs(measured) + by);
    return must === 'atLeast' ? measured + by - slack : measured - by + slack;
  });
  return must === 'atLeast' ? Math.max(value, ...floors) : Math.min(value, ...floors);
}
