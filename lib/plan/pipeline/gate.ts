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
 * version that serves, but for FLOOR_SLACK.
 *
 * @param champion - what the version that serves was measured at; undefined if none serves, or it never was
 */
export function gateFloor({ must, value, betterThanChampionBy: by }: GatePlan, champion: number | undefined): number {
  if (by === undefined || champion === undefined) return value;
  const slack = FLOOR_SLACK * (Math.abs(champion) + by);
  return must === 'atLeast' ? Math.max(value, champion + by - slack) : Math.min(value, champion - by + slack);
}
