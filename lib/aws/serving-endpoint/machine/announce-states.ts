import type { AlertDetails } from '../../../plan/alert-message';
import type { AnnouncedOutcome } from '../../../plan/outcome-signals';
import { publishAlert } from '../../alerts/publish-state';
import { announcedEnds, announceState } from '../../machine/announced-ends';
import { type AslState, expr } from '../../machine/asl';
import { unlockStates } from '../../machine/lock-states';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { servesAgain } from './retired';
import type { RolloutMachineProps } from './rollout-props';
import { putRecord } from './see-states';

/**
 * Says how it ended, puts on record that this decision was carried out, gives the lock back, and ends with that. The
 * record comes last, so that an execution which takes the place of one that crashed says it again rather than nobody.
 */
export function announceStates(props: RolloutMachineProps): Readonly<Record<string, AslState>> {
  const outcomes = Object.keys(props.outcomes) as AnnouncedOutcome[];
  return {
    Outcome: {
      Type: 'Choice',
      Choices: outcomes.map((name) => ({ Condition: expr(`$report.outcome = '${name}'`), Next: announceState(name) })),
      Default: 'IsToRemember',
    },
    ...Object.fromEntries(outcomes.map((name) => [announceState(name), announcement(props, name)])),
    IsToRemember: {
      Type: 'Choice',
      Choices: [{ Condition: expr(TO_REMEMBER), Next: 'Remember' }],
      Default: 'UnlockRelease',
    },
    Remember: putRecord(props, REMEMBERED, {
      Catch: [{ ErrorEquals: ['States.ALL'], Assign: { remembered: false }, Next: 'UnlockRelease' }],
      Next: 'UnlockRelease',
    }),
    ...unlockStates({ prefix: 'Unlock', table: props.lockTable, id: props.lock, next: 'End' }),
    End: {
      Type: 'Choice',
      Choices: [
        { Condition: expr('$not($announced)'), Next: 'NotAnnounced' },
        { Condition: expr('$not($remembered)'), Next: 'NotRemembered' },
      ],
      Default: 'IsToArm',
    },
    ...announcedEnds("$sift($report, function($_, $key) { $key != 'record' })"),
    NotRemembered: {
      Type: 'Fail',
      Error: 'NotRemembered',
      Cause: expr("'This could not be put on record, and the same event would begin it again: ' & $report.outcome"),
    },
  };
}

function announcement(props: RolloutMachineProps, name: AnnouncedOutcome): AslState {
  const details: AlertDetails = {
    ...(props.platform === undefined ? {} : { platform: props.platform }),
    where: ['the execution ', { from: '$states.context.Execution.Id' }, `; ${props.where}`],
    fields: {
      Version: { from: '$report.version' },
      Serves: { from: '$report.serves' },
      Action: { from: '$request.action' },
      Reason: { from: '$request.reason', freeText: true },
      Details: { from: '$report.detail', freeText: true },
    },
  };
  return publishAlert(
    { topicArn: props.topicArn, signal: props.outcomes[name], details },
    {
      Retry: retry(),
      // What nobody was told is not put on record, so that the same event tells it later.
      Catch: [{ ErrorEquals: ['States.ALL'], Assign: { announced: false }, Next: 'UnlockRelease' }],
      Next: 'IsToRemember',
    },
  );
}

/** Decisions that were carried out, unless a later one is on record. Those that were not may be tried again. */
const TO_REMEMBER = oneLine(`$report.outcome in ['promoted', 'rolled-back', 'noop'] and $exists($report.record.config)
  and ($exists($report.record.decided) ? $report.record.decided.millis < $request.millis : true)`);

const REMEMBERED = oneLine(`$merge([
  ${servesAgain('$report.record', 'trying')},
  { 'decided': { 'millis': $request.millis, 'version': $report.version, 'outcome': $report.outcome, 'ended': $millis() } }
])`);
