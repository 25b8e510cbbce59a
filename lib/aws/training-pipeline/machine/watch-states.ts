import { usesProcessing } from '../../../plan/pipeline/step-plan';
import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { pollWait } from '../../machine/poll-wait';
import { retry } from '../../machine/retry';
import { GATE_FAILED_STEP, GATE_STEP } from '../document/document-props';
import type { StartMachineProps } from './start-props';

/** Steps that failed of which somebody is told, and characters of the reason of each. */
const TOLD_STEPS = 5;
const TOLD_CHARACTERS = 600;

/**
 * Follows a run until it has ended, then reads its steps: which failed and why, whether the gate was closed, and which version
 * was registered. What is kept of them does not grow with their number. A processing job that failed is asked what it said
 * itself; SageMaker puts that of a training into its reason, and of a processing job into nothing else. A check of data says
 * something only where the data broke a rule, so that a machine that was not there is not told as bad data.
 */
export function watchStates(props: StartMachineProps): Readonly<Record<string, AslState>> {
  const list = (more: Readonly<Record<string, unknown>>, before: string): AslState =>
    call(
      'sagemaker:listPipelineExecutionSteps',
      { PipelineExecutionArn: expr('$started.arn'), SortOrder: 'Ascending', MaxResults: 50, ...more },
      { Retry: retry(), Assign: seen(props, before), Next: 'MoreSteps' },
    );
  return {
    StartWatch: {
      Type: 'Pass',
      Assign: { began: expr('$millis()'), deadline: expr(`$millis() + ${props.longestRunSeconds * 1000}`) },
      Next: 'LookAtRun',
    },
    LookAtRun: call(
      'sagemaker:describePipelineExecution',
      { PipelineExecutionArn: expr('$started.arn') },
      {
        Retry: retry(),
        Assign: {
          status: expr('$states.result.PipelineExecutionStatus'),
          failure: expr("$states.result.FailureReason & ''"),
        },
        Next: 'HasRunEnded',
      },
    ),
    HasRunEnded: {
      Type: 'Choice',
      Choices: [
        { Condition: expr("$status in ['Executing', 'Stopping'] and $millis() < $deadline"), Next: 'WaitForRun' },
        { Condition: expr("$status in ['Executing', 'Stopping']"), Next: 'StillRunning' },
      ],
      Default: 'ListSteps',
    },
    WaitForRun: pollWait('LookAtRun'),
    StillRunning: {
      Type: 'Fail',
      Error: 'StillRunning',
      Cause: expr("'The run ' & $runId & ' takes longer than all of its steps may.'"),
    },
    ListSteps: list({}, ''),
    MoreSteps: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$token != ''"), Next: 'ListMoreSteps' }],
      Default: 'HearJobs',
    },
    ListMoreSteps: list({ NextToken: expr('$token') }, '$steps, '),
    HearJobs: usesProcessing(props.plan) ? HEAR_JOBS : NOTHING_SAID,
    RunEnded: { Type: 'Pass', Output: expr(ENDED), End: true },
  };
}

const validationsOf = ({ plan }: StartMachineProps): readonly string[] =>
  plan.steps.filter(({ kind }) => kind === 'validation').map(({ name }) => name);

/** What is kept of a page of steps. */
function seen(props: StartMachineProps, before: string) {
  const { links } = props;
  const version = '$states.result.PipelineExecutionSteps.Metadata.RegisterModel.Arn';
  const closed = `$states.result.PipelineExecutionSteps[StepName = '${GATE_STEP}' and Metadata.Condition.Outcome = 'False']`;
  return {
    steps: expr(
      oneLine(`(
  $all := [${before}$states.result.PipelineExecutionSteps[StepStatus = 'Failed' and StepName != '${GATE_FAILED_STEP}'].(
  $job := [Metadata.ProcessingJob.Arn, Metadata.TrainingJob.Arn][0];
  {
    'name': StepName,
    'check': StepName in ${JSON.stringify(validationsOf(props))},
    'job': $exists(Metadata.ProcessingJob) ? $substringAfter($job, '/') : '',
    'reason': $substring([FailureReason, 'No reason was given.'][0], 0, ${TOLD_CHARACTERS}),
    'where': $exists($job)
      ? ($exists(Metadata.TrainingJob) ? '${links.training}' : '${links.processing}') & $substringAfter($job, '/') : ''
  }
)];
  [$all[[0..${TOLD_STEPS - 1}]]]
)`),
    ),
    version: expr(`$exists(${version}) ? [${version}][0] : ${before === '' ? "''" : '$version'}`),
    closed: expr(`$exists(${closed})${before === '' ? '' : ' or $closed'}`),
    token: expr("$states.result.NextToken & ''"),
  };
}

/** What a job said itself; empty where it said nothing. */
const SAID = oneLine(`{
  'job': $states.result.ProcessingJobName,
  'text': $substring($trim($replace($states.result.ExitMessage & '', /\\s+/, ' ')), 0, ${TOLD_CHARACTERS})
}`);

const HEAR_JOBS: AslState = {
  Type: 'Map',
  Items: expr("[$steps[job != ''].job]"),
  ItemProcessor: {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: 'HearJob',
    States: {
      HearJob: call(
        'sagemaker:describeProcessingJob',
        { ProcessingJobName: expr('$states.input') },
        { Retry: retry(), Output: expr(SAID), End: true },
      ),
    },
  },
  Assign: { said: expr("[$states.result[text != '']]") },
  Next: 'RunEnded',
};

const NOTHING_SAID: AslState = { Type: 'Pass', Assign: { said: expr('[]') }, Next: 'RunEnded' };

/** A version that was registered stays, whatever else failed. A rule of the data that was broken comes before what it led to. */
const ENDED = oneLine(`(
  $outcome := $version != '' ? ($status = 'Succeeded' ? 'registered' : 'registered-and-failed')
    : $status = 'Failed' and $count($steps[check and job in $said.job]) > 0 ? 'data-invalid'
    : $status in ['Succeeded', 'Failed'] and $closed and $count($steps) = 0 ? 'gate-failed'
    : $status = 'Succeeded' ? 'done'
    : 'failed';
  $told := $steps.($job := job; 'Step ' & name & ': ' & $join([$said[job = $job].text, reason], ' '));
  $where := [$steps.where[$ != '']];
  {
    'outcome': $outcome,
    'version': $version,
    'steps': $join([$steps.name], ', '),
    'where': $join($where, ' '),
    'detail': $count($steps) > 0 ? $join([$told], ' ')
      : $status = 'Stopped' ? 'Somebody stopped it.'
      : $outcome = 'gate-failed' ? $trim('The model did not pass the gate. ' & $started.gate)
      : $failure != '' ? $failure
      : 'All steps ended well.'
  }
)`);
