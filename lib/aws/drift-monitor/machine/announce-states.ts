import { publishAlert } from '../../alerts/publish-state';
import { type AslState, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';
import { ANNOUNCED_ERROR, type DriftMachineProps } from './drift-props';

/** Says when nothing could be measured, and ends in the same way. What was measured is told by alarms. */
export function announceStates(props: DriftMachineProps): Readonly<Record<string, AslState>> {
  const { platform, plan, topicArn, links, bucket } = props;
  return {
    Outcome: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$report.outcome = 'failed'"), Next: 'AnnounceFailed' }],
      Default: 'Done',
    },
    Done: {
      Type: 'Succeed',
      Output: expr(
        "$merge([$report, { 'run': $run, 'start': $fromMillis($windowStart), 'end': $fromMillis($windowEnd) }])",
      ),
    },
    AnnounceFailed: publishAlert(
      {
        topicArn,
        signal: plan.signals.failed,
        details: {
          platform,
          where: [
            links.executions,
            { from: '$states.context.Execution.Id' },
            ` ; the log of the job, if it began: ${links.logs}`,
            { from: '$jobName' },
          ],
          fields: {
            Run: { from: '$run' },
            Window: { from: "($fromMillis($windowStart) & ' to ' & $fromMillis($windowEnd))" },
            Files: { from: `('s3://${bucket}/' & $runFolder & '/')` },
            Details: { from: '$report.detail', freeText: true },
          },
        },
      },
      { Retry: retry(), Catch: [{ ErrorEquals: ['States.ALL'], Next: 'NotAnnounced' }], Next: 'Failed' },
    ),
    Failed: { Type: 'Fail', Error: ANNOUNCED_ERROR, Cause: expr('$report.detail') },
    NotAnnounced: {
      Type: 'Fail',
      Error: 'NotAnnounced',
      Cause: expr("'The alert channel took no alert about this: ' & $report.detail"),
    },
  };
}
