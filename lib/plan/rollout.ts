import type { Percent } from '../spec/quantity';
import { mostBakes, mostSteps, START_ALLOWANCE } from '../spec/rollout-time';
import type { Guard, RolloutSpec, ServingSpec } from '../spec/serving';

/**
 * Name of the one variant of an endpoint. It never changes: SageMaker guards an update only if the new configuration has
 * the variant of the old one (developer guide, "Deployment guardrails", "Exclusions"), and alarms and scaling name it.
 */
export const VARIANT = 'main';

/** Traffic that the new version has from here on, and how long it is watched. */
export interface RolloutStep {
  /** 100 at the last step. Where traffic moves by whole machines, as on AWS, so many as are at least this share move. */
  readonly share: Percent;
  /** Seconds that the step is watched before the next; at the last step, before the old machines go. */
  readonly waitSeconds: number;
  /** What takes everything back to the old version while the step is watched. */
  readonly guards: readonly Guard[];
}

/** How one version takes over from another. */
export interface RolloutPlan {
  readonly strategy: RolloutSpec['strategy'];
  readonly variant: typeof VARIANT;
  /** A cloud that moves whole machines takes fewer of them where the fleet is small. */
  readonly steps: readonly RolloutStep[];
  /** Seconds that the old machines stand by once the new ones have all traffic: the wait of the last step. */
  readonly terminationWaitSeconds: number;
  /** Seconds after which a rollout has failed, on a fleet of any size, with the start of its machines. */
  readonly maximumSeconds: number;
}

/** Plans the rollouts of a model: equal steps of the share of the first, and what is left at the last. */
export function planRollout({ rollout }: Pick<ServingSpec, 'rollout'>): RolloutPlan {
  const waitSeconds = rollout.bake.seconds;
  const count = mostSteps(rollout);
  return {
    strategy: rollout.strategy,
    variant: VARIANT,
    steps: Array.from({ length: count }, (_, index) => ({
      share: index === count - 1 ? 100 : (index + 1) * firstShare(rollout),
      waitSeconds,
      guards: rollout.guards,
    })),
    terminationWaitSeconds: waitSeconds,
    maximumSeconds: mostBakes(rollout) * waitSeconds + START_ALLOWANCE,
  };
}

/** Share that the first step moves. */
function firstShare(rollout: RolloutSpec): Percent {
  switch (rollout.strategy) {
    case 'allAtOnce':
      return 100;
    case 'canary':
      return rollout.size;
    case 'linear':
      return rollout.step;
  }
}

/** What serves after a rollout. before: whatever served before it, nothing where nothing did. */
export type ServesAfter = 'new' | 'before' | 'nothing' | 'unknown';

/**
 * Every end of a rollout, and what serves after it.
 *
 * promoted: the version has all traffic. rolled-back: a guard, or the service itself, took it back. failed-first: there was
 * nothing to go back to, so what was started is deleted. rollback-failed: the way back failed too; a person has to act.
 * failed: it ended before any machine was touched. unfinished: it was begun, and whoever carries it out lost sight of it.
 * withdrawn: the version was no longer approved when its turn came, or the model was retired or is about to go.
 * superseded: a decision that was made later was carried out before its turn came. noop: nothing had to be done, because
 * the version has all traffic already or the same decision was carried out before, as after an event that comes twice.
 */
export const ROLLOUT_OUTCOMES = {
  promoted: 'new',
  'rolled-back': 'before',
  'failed-first': 'nothing',
  'rollback-failed': 'unknown',
  failed: 'before',
  unfinished: 'unknown',
  withdrawn: 'before',
  superseded: 'before',
  noop: 'before',
} as const satisfies Record<string, ServesAfter>;

export type RolloutOutcome = keyof typeof ROLLOUT_OUTCOMES;
