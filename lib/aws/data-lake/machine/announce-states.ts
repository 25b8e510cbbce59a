import type { AlertDetails } from '../../../plan/alert-message';
import { type Signal, TABLE_CHANGED, TABLE_FAILED, TABLE_REFUSED } from '../../../plan/signals';
import { publishAlert } from '../../alerts/publish-state';
import { announcedEnds } from '../../machine/announced-ends';
import { type AslState, expr } from '../../machine/asl';
import { unlockStates } from '../../machine/lock-states';
import { retry, type TableMachineProps } from './machine-props';

/** The lock of one table. */
export const LOCK_ID = expr("'datasets/' & $dataset");

/** Says how it ended, gives the lock back, and ends with that. */
export function announceStates(props: TableMachineProps): Readonly<Record<string, AslState>> {
  const details: AlertDetails = {
    ...(props.platform === undefined ? {} : { platform: props.platform }),
    where: ['the execution ', { from: '$states.context.Execution.Id' }],
    fields: { Dataset: { from: '$dataset', freeText: true }, Details: { from: '$report.detail', freeText: true } },
  };
  const announce = (signal: Signal) =>
    publishAlert(
      { topicArn: props.topicArn, signal, details },
      {
        Retry: retry(),
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: { announced: false }, Next: 'UnlockRelease' }],
        Assign: { announced: true },
        Next: 'UnlockRelease',
      },
    );
  const outcome = (name: string) => expr(`$report.outcome = '${name}'`);
  return {
    Outcome: {
      Type: 'Choice',
      Choices: [
        { Condition: outcome('settled'), Next: 'AnnounceChanged' },
        { Condition: outcome('refused'), Next: 'AnnounceRefused' },
      ],
      Default: 'AnnounceFailed',
    },
    AnnounceChanged: announce(TABLE_CHANGED),
    AnnounceRefused: announce(TABLE_REFUSED),
    AnnounceFailed: announce(TABLE_FAILED),
    ...unlockStates({ prefix: 'Unlock', table: props.lockTable, id: LOCK_ID, next: 'End' }),
    End: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$not($announced)'), Next: 'NotAnnounced' }],
      Default: 'Done',
    },
    ...announcedEnds(),
  };
}
