import { spotSeconds } from '../training-cluster';
import type { MachinedStep } from './step-plan';

/** Seconds that one job of a step on machines of its own may take in all. */
export const longestJobSeconds = ({ maxRuntimeSeconds, machines }: MachinedStep): number =>
  machines.capacity === 'spot' ? spotSeconds(maxRuntimeSeconds) : maxRuntimeSeconds;
