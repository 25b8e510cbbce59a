import type { RolloutSpec } from './serving';

/**
 * How a guard is evaluated: so many periods in a row over the threshold, and the time until metrics are there. Source of
 * the shortest period: SageMaker developer guide, "Amazon SageMaker AI metrics in Amazon CloudWatch" (every minute).
 */
export const GUARD_EVALUATION = { periodSeconds: 60, datapoints: 3, delaySeconds: 120 } as const;

/** Seconds from a fault until its guard has seen it. No bake may be shorter. */
export const GUARD_SECONDS =
  GUARD_EVALUATION.periodSeconds * GUARD_EVALUATION.datapoints + GUARD_EVALUATION.delaySeconds;

/** Seconds of the longest rollout. Source: SageMaker's service model, MaximumExecutionTimeoutInSeconds. */
export const LONGEST_ROLLOUT = 8 * 3600;

/** Seconds that new machines may take to start and to load the model before any traffic moves. */
export const START_ALLOWANCE = 3600;

/** Steps of a rollout. Few machines need fewer on AWS, because whole machines move there; but a fleet may have grown. */
export function mostSteps(rollout: RolloutSpec): number {
  switch (rollout.strategy) {
    case 'allAtOnce':
      return 1;
    case 'canary':
      return 2;
    case 'linear':
      return Math.ceil(100 / rollout.step);
  }
}

/**
 * Bakes that a rollout may wait for: one for each step, and once more while the old machines stand by. SageMaker's
 * developer guide ("Use canary traffic shifting") speaks of a final baking period and of a wait for termination after it,
 * so both are counted.
 */
export const mostBakes = (rollout: RolloutSpec): number => mostSteps(rollout) + 1;
