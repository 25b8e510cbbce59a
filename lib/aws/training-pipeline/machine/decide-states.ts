import { snapshotIdParameter } from '../../../plan/pipeline/run-parameters';
import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import type { StartMachineProps } from './start-props';

/** Runs that are looked at, from the newest on: one may have been started past this machine. */
const RUNS = 10;

/**
 * Decides from the newest runs whether one may start: not while another is in flight, and none but a person's before the
 * cooldown is over. An execution that started a run and then crashed goes on to follow it.
 */
export function decideStates(props: StartMachineProps): Readonly<Record<string, AslState>> {
  const { pipeline, plan, datasets } = props;
  return {
    ListRuns: call(
      'sagemaker:listPipelineExecutions',
      { PipelineName: pipeline, SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: RUNS },
      { Retry: retry('SageMaker.ResourceNotFoundException'), Assign: { runs: expr(RUNS_FOUND) }, Next: 'MayStart' },
    ),
    MayStart: {
      Type: 'Choice',
      Choices: [
        { Condition: expr('$count($runs[name = $runId]) > 0'), Next: 'StartedBefore' },
        { Condition: expr(`$count(${IN_FLIGHT}) > 0`), Next: 'InFlight' },
        { Condition: expr(cooling(plan.cooldownSeconds)), Next: 'Cooldown' },
      ],
      Default: datasets.length === 0 ? 'Floor' : 'Freeze',
    },
    StartedBefore: {
      Type: 'Pass',
      Output: expr("{ 'outcome': 'started', 'arn': $runs[name = $runId][0].arn, 'gate': '' }"),
      End: true,
    },
    InFlight: refusal(`'The run ' & ${IN_FLIGHT}[0].name & ' is under way.'`),
    Cooldown: refusal(
      `'The last run began at ' & $fromMillis($runs[0].began) & ', and before ${plan.cooldownSeconds} seconds are over only a person starts another.'`,
    ),
  };
}

/**
 * Refuses a run for new data where there is none: a table commits when it is compacted, too. The newest run says which
 * snapshots it read.
 */
export function unchangedStates({ datasets }: StartMachineProps): Readonly<Record<string, AslState>> {
  if (datasets.length === 0) return {};
  const same = datasets
    .map(({ dataset }) => {
      const parameter = `$read[Name = '${snapshotIdParameter(dataset)}'].Value`;
      return `$snapshots[dataset = '${dataset}'].snapshot = ${parameter}`;
    })
    .join(' and ');
  return {
    IsForData: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$request.reason = 'new-data' and $count($runs) > 0"), Next: 'ReadSnapshots' }],
      Default: 'Floor',
    },
    ReadSnapshots: readParameters({}, ''),
    IsChanged: {
      Type: 'Choice',
      Choices: [
        { Condition: expr("$token != ''"), Next: 'ReadMoreSnapshots' },
        { Condition: expr(same), Next: 'Unchanged' },
      ],
      Default: 'Floor',
    },
    ReadMoreSnapshots: readParameters({ NextToken: expr('$token') }, '$read, '),
    Unchanged: refusal("'Its data is that of the newest run, ' & $runs[0].name & '.'"),
  };
}

/** A page of what the newest run was given: a run has more parameters than fit into one. */
const readParameters = (more: object, before: string): AslState =>
  call(
    'sagemaker:listPipelineParametersForExecution',
    { PipelineExecutionArn: expr('$runs[0].arn'), MaxResults: 100, ...more },
    {
      Retry: retry(),
      Assign: {
        read: expr(`[${before}$states.result.PipelineParameters]`),
        token: expr("$states.result.NextToken & ''"),
      },
      Next: 'IsChanged',
    },
  );

const refusal = (why: string): AslState => ({
  Type: 'Pass',
  Output: { outcome: 'refused', detail: expr(why) },
  End: true,
});

const RUNS_FOUND = oneLine(`[$states.result.PipelineExecutionSummaries.{
  'arn': PipelineExecutionArn,
  'name': [PipelineExecutionDisplayName, PipelineExecutionArn][0],
  'status': PipelineExecutionStatus,
  'began': $toMillis(StartTime)
}]`);

const IN_FLIGHT = "$runs[status in ['Executing', 'Stopping']]";

const cooling = (seconds: number): string =>
  `$request.reason != 'manual' and $count($runs) > 0 and $millis() - $runs[0].began < ${seconds * 1000}`;
