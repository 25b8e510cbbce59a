import type { RolloutOutcome } from './rollout';
import { eventsUndelivered, type Signal, signalsOf } from './signals';

/** Outcomes of a rollout that somebody is told of: not the one that changed nothing. */
export type AnnouncedOutcome = Exclude<RolloutOutcome, 'noop'>;

/** What the alert channel hears of the rollouts of one model. */
export function outcomeSignals(model: string): Readonly<Record<AnnouncedOutcome, Signal>> {
  const signal = signalsOf(model);
  const promote = `run mlops promote SPEC --model ${model} --version V`;
  return {
    promoted: signal('promoted', 'info', 'A version was promoted and has all traffic.'),
    'rolled-back': signal(
      'rolled-back',
      'warning',
      'A rollout was taken back; the version before it serves on. Read the reason and the log of the model, and register a mended version.',
    ),
    'failed-first': signal(
      'first-deployment-failed',
      'critical',
      `The first version could not be deployed. What was started is deleted and nothing serves. Read the reason and the log of the model, mend the cause and ${promote}.`,
    ),
    'rollback-failed': signal(
      'rollback-failed',
      'critical',
      `A rollout failed and so did its way back: the endpoint may serve two versions or none. By hand: read why the endpoint failed, take away what cannot serve (AWS: delete an endpoint whose status is Failed), then ${promote} with a version that worked.`,
    ),
    failed: signal(
      'rollout-failed',
      'critical',
      `A rollout ended before any machine was touched; what served before serves on. Read the execution, mend the cause and ${promote}.`,
    ),
    unfinished: signal(
      'rollout-unfinished',
      'critical',
      `A rollout was begun and not seen through: which version serves, its scaling and its alarms may not be as they should. Read the execution, mend the cause and ${promote}: it goes on from what is there.`,
    ),
    withdrawn: signal(
      'rollout-withdrawn',
      'info',
      'A version was not rolled out: when its turn came it was not approved any more, or its model did not serve any more. Approve it again if it should serve.',
    ),
    superseded: signal(
      'rollout-superseded',
      'info',
      `A version was not rolled out: when its turn came a decision that was made later had been carried out. If it should serve after all, ${promote}.`,
    ),
  };
}

/** What events and schedules of those machines are called when they cannot be delivered, and the queue of those. */
export const OPERATIONS = 'operations';

/** Signals of the machines that look after all endpoints, also after those of models that left the spec. */
export const OPERATIONS_SIGNALS = {
  retired: {
    name: 'endpoint-retired',
    measures: 'event',
    severity: 'info',
    text: 'A model was retired: what served it is deleted, and nothing of it costs money any more.',
  },
  retireFailed: {
    name: 'endpoint-retire-failed',
    measures: 'event',
    severity: 'critical',
    text: 'A model could not be retired and its machines may still cost money. Read the execution, mend the cause and start it again with the same input: it goes on from what is left.',
  },
  orphaned: {
    name: 'endpoint-orphaned',
    measures: 'event',
    severity: 'critical',
    text: 'An endpoint runs that no model owns any more, and costs money. Run mlops destroy SPEC --model M, or add the model to the spec again and deploy.',
  },
  sweepFailed: {
    name: 'endpoint-sweep-failed',
    measures: 'event',
    severity: 'warning',
    text: 'Endpoints without a model could not be looked for. Read the execution, mend the cause and start it again.',
  },
  scorecardFailed: {
    name: 'scorecard-failed',
    measures: 'event',
    severity: 'warning',
    text: 'The number of models in production and the age of their versions could not be published. Read the execution, mend the cause and start it again.',
  },
  undelivered: eventsUndelivered(OPERATIONS),
} as const satisfies Readonly<Record<string, Signal>>;
