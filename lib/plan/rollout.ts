import type { Percent } from '../spec/quantity';
import { mostBakes, START_ALLOWANCE } from '../spec/rollout-time';
import type { Guard, RolloutSpec, ServingSpec } from '../spec/serving';

/**
 * Name of the one variant of an endpoint. It never changes: SageMaker guards an update only if the new configuration has
 * the variant of the old one (developer guide, "Deployment guardrails", "Exclusions"), and alarms and scaling name it.
 */
export const VARIANT = 'main';

/** Traffic that the new version has from here on, and how long it is watched. */
export interface RolloutStep {
  /** Share that the spec asks for; 100 at the last step. */
  readonly requested: Percent;
  /** Share that `replicas` of the fewest machines are. Never less than requested: whole machines move. */
  readonly effective: Percent;
  /** Machines of the new version that have traffic, when the fewest machines serve. */
  readonly replicas: number;
  /** Seconds that the step is watched before the next; at the last step, before the old machines go. */
  readonly waitSeconds: number;
  /** What takes everything back to the old version while the step is watched. */
  readonly guards: readonly Guard[];
}

/** How one version takes over from another. */
export interface RolloutPlan {
  readonly strategy: RolloutSpec['strategy'];
  readonly variant: typeof VARIANT;
  /**
   * As they are when the fewest machines serve. A larger fleet moves the same shares, more finely: renderers ask for
   * `requested` of the first step, never for a number of machines.
   */
  readonly steps: readonly RolloutStep[];
  /** Seconds that the old machines stand by once the new ones have all traffic: the wait of the last step. */
  readonly terminationWaitSeconds: number;
  /** Seconds after which a rollout has failed, on a fleet of any size, with the start of its machines. */
  readonly maximumSeconds: number;
}

/**
 * Plans the rollouts of a model. A step moves its share of the machines, rounded up to whole ones; the last step moves
 * what is left.
 */
export function planRollout({ replicas, rollout }: Pick<ServingSpec, 'replicas' | 'rollout'>): RolloutPlan {
  const fleet = replicas.min;
  const waitSeconds = rollout.bake.seconds;
  return {
    strategy: rollout.strategy,
    variant: VARIANT,
    steps: movedAfterSteps(rollout, fleet).map((moved, index) => ({
      requested: moved === fleet ? 100 : (index + 1) * firstShare(rollout),
      effective: (100 * moved) / fleet,
      replicas: moved,
      waitSeconds,
      guards: rollout.guards,
    })),
    terminationWaitSeconds: waitSeconds,
    maximumSeconds: mostBakes(rollout) * waitSeconds + START_ALLOWANCE,
  };
}

/** Machines that have moved after each step. */
function movedAfterSteps(rollout: RolloutSpec, fleet: number): readonly number[] {
  const batch = Math.ceil((firstShare(rollout) * fleet) / 100);
  if (rollout.strategy !== 'linear') return batch < fleet ? [batch, fleet] : [fleet];
  return Array.from({ length: Math.ceil(fleet / batch) }, (_, index) => Math.min((index + 1) * batch, fleet));
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
 * withdrawn: the version was no longer approved when its turn came, or nothing of the model may serve any more.
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
