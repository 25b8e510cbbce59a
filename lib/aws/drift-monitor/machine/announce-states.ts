import { publishAlert } from '../../alerts/publish-state';
import { announcedEnds } from '../../machine/announced-ends';
import { type AslState, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';
import type { DriftMachineProps } from './drift-props';

/** Says when nothing could be measured, and ends with that. What was measured is told by alarms. */
export function announceStates(props: DriftMachineProps): Readonly<Record<string, AslState>> {
  const { platform, plan, topicArn, links, bucket } = props;
  return {
    Outcome: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$report.outcome = 'failed'"), Next: 'AnnounceFailed' }],
      Default: 'Done',
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
      { Retry: retry(), Catch: [{ ErrorEquals: ['States.ALL'], Next: 'NotAnnounced' }], Next: 'Done' },
    ),
    ...announcedEnds(
      "$merge([{ 'run': $run, 'start': $fromMillis($windowStart), 'end': $fromMillis($windowEnd) }, $report])",
    ),
  };
}
