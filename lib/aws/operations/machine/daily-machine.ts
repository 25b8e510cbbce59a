import type { Signal } from '../../../plan/signals';
import { publishAlert } from '../../alerts/publish-state';
import { announcedEnds } from '../../machine/announced-ends';
import { type AslMachine, type AslState, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';
import { type OperationsMachineProps, work } from './machine-props';

export interface DailyMachineProps {
  readonly comment: string;
  /** What it does; its output is that of the machine. */
  readonly work: { readonly StartAt: string; readonly States: Readonly<Record<string, AslState>> };
  /** What the channel hears when that fails. */
  readonly failed: Signal;
}

/** How long an execution may take: an hour. */
export const DAILY_TIMEOUT_SECONDS = 3600;

/** A machine that does its work once a day and says when it could not. */
export function dailyMachine(props: OperationsMachineProps, daily: DailyMachineProps): AslMachine {
  return {
    Comment: daily.comment,
    QueryLanguage: 'JSONata',
    StartAt: 'Work',
    TimeoutSeconds: DAILY_TIMEOUT_SECONDS,
    States: {
      Work: work(daily.work),
      Outcome: {
        Type: 'Choice',
        Choices: [{ Condition: expr("$report.outcome = 'failed'"), Next: 'AnnounceFailed' }],
        Default: 'Done',
      },
      AnnounceFailed: publishAlert(
        {
          topicArn: props.topicArn,
          signal: daily.failed,
          details: {
            platform: props.slug,
            where: ['the execution ', { from: '$states.context.Execution.Id' }],
            fields: { Details: { from: '$report.detail', freeText: true } },
          },
        },
        { Retry: retry(), Catch: [{ ErrorEquals: ['States.ALL'], Next: 'NotAnnounced' }], Next: 'Done' },
      ),
      ...announcedEnds(),
    },
  };
}
