import type { Threshold } from './graph';
import type { GatePlan } from './pipeline-plan';

/** Whether a metric is as a threshold wants it. */
export const holds = ({ must, value }: Pick<Threshold, 'must' | 'value'>, measured: number): boolean =>
  must === 'atLeast' ? measured >= value : measured <= value;

/**
 * What the metric of the gate has to reach in a run: its threshold and, where that is asked for, so much better than the
 * version that serves.
 *
 * @param champion - what the version that serves was measured at; undefined if none serves, or it never was
 */
export function gateFloor({ must, value, betterThanChampionBy: by }: GatePlan, champion: number | undefined): number {
  if (by === undefined || champion === undefined) return value;
  return must === 'atLeast' ? Math.max(value, champion + by) : Math.min(value, champion - by);
}
