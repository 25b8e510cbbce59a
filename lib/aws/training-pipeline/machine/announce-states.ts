import type { AlertDetails } from '../../../plan/alert-message';
import { RUN_OUTCOMES, type RunOutcome } from '../../../plan/pipeline/pipeline-signals';
import { publishAlert } from '../../alerts/publish-state';
import { announcedEnds, announceState } from '../../machine/announced-ends';
import { type AslState, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';
import type { StartMachineProps } from './start-props';

/** Says how it ended, `$report`, and ends with that. A run that was refused is nobody's concern. */
export function announceStates(props: StartMachineProps): Readonly<Record<string, AslState>> {
  const outcome = (name: string) => expr(`$report.outcome = '${name}'`);
  return {
    Outcome: {
      Type: 'Choice',
      Choices: RUN_OUTCOMES.map((name) => ({ Condition: outcome(name), Next: announceState(name) })),
      Default: 'Done',
    },
    ...Object.fromEntries(RUN_OUTCOMES.map((name) => [announceState(name), announcement(props, name)])),
    End: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$not($announced)'), Next: 'NotAnnounced' }],
      Default: 'Done',
    },
    ...announcedEnds("$merge([$report, { 'run': $runId }])"),
  };
}

function announcement(props: StartMachineProps, name: RunOutcome): AslState {
  const { platform, links, pipeline, outcomes, topicArn } = props;
  const execution = { from: '$states.context.Execution.Id' };
  const details: AlertDetails = {
    ...(platform === undefined ? {} : { platform }),
    where: [
      ...(STEPS.includes(name) ? [{ from: "($report.where = '' ? '' : $report.where & ' ; ')" }] : []),
      `${links.executions}`,
      execution,
      `; SageMaker Studio, pipeline ${pipeline}, run `,
      { from: '$runId' },
    ],
    fields: {
      Run: { from: '$runId' },
      Reason: { from: "($request.reason & ', by ' & $request.trigger)" },
      Note: { from: '$request.note', freeText: true },
      ...(REGISTERED.includes(name) ? { Version: { from: '$report.version' } } : {}),
      ...(STEPS.includes(name) ? { Steps: { from: "($report.steps = '' ? 'none' : $report.steps)" } } : {}),
      ...(GATED.includes(name) ? { Gate: { from: '$report.gate', freeText: true } } : {}),
      Details: { from: '$report.detail', freeText: true },
    },
  };
  return publishAlert(
    { topicArn, signal: outcomes[name], details },
    {
      Retry: retry(),
      Catch: [{ ErrorEquals: ['States.ALL'], Assign: { announced: false }, Next: 'End' }],
      Next: 'End',
    },
  );
}

/** Outcomes that have a version. */
const REGISTERED: readonly RunOutcome[] = ['registered', 'registered-and-failed'];
/** Outcomes that steps which failed led to, and those that the gate had a say in. */
const STEPS: readonly RunOutcome[] = ['registered-and-failed', 'data-invalid', 'failed'];
const GATED: readonly RunOutcome[] = [...REGISTERED, 'gate-failed'];
