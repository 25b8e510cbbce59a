import { PLACES_VARIABLE } from '../../../../plan/pipeline/aws-cluster-carriers';
import { type AslState, call, expr } from '../../../machine/asl';
import { oneLine } from '../../../machine/one-line';
import { pollWait } from '../../../machine/poll-wait';
import { retry } from '../../../machine/retry';
import { MACHINE_LOST } from '../../../training-cluster/training-job';
import { TRAIN, withEnvironment } from '../cluster-job';
import { type ClusterMachineProps, INPUTS, STOPPED_REASON } from './cluster-props';

/** Seconds after which a job that nobody knows whether it was submitted is looked for, and how often that is asked. */
const LOOK_AGAIN_SECONDS = 30;
const MOST_SUBMISSIONS = 5;

/** Name of the job of a try: whoever looks for it finds it, and so no try is submitted twice. Batch has no token for that. */
const jobName = (model: string, of: string): string =>
  `'${model}-' & $message.arguments.step & '-' & $message.token & '-' & ${of}`;

/**
 * Submits the job, as often as the step may be tried, and follows it to its end. What the training itself ends with is final,
 * as it is wherever SageMaker runs a step; any other failure is one of a machine or of a service. It decides from what Batch has: an answer
 * that was lost, or an execution that is started again, submits nothing twice.
 */
export function jobStates(props: ClusterMachineProps): Readonly<Record<string, AslState>> {
  const { model, queueArn, nodes, tags } = props;
  return {
    LookAtRun: call(
      'sagemaker:describePipelineExecution',
      { PipelineExecutionArn: expr('$message.pipelineExecutionArn') },
      { Retry: retry(), Assign: { runStatus: expr('$states.result.PipelineExecutionStatus') }, Next: 'IsRunWanted' },
    ),
    // Whoever stopped the run sent a message of its own, which is answered by who received that.
    IsRunWanted: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$runStatus = 'Executing'"), Next: 'NextTry' }],
      Default: 'TakenBack',
    },
    NextTry: {
      Type: 'Pass',
      Assign: { try: expr('$try + 1'), submissions: 0, tryBegan: expr('$millis()') },
      Next: 'FindJob',
    },
    FindJob: call(
      'batch:listJobs',
      { JobQueue: queueArn, Filters: [{ Name: 'JOB_NAME', Values: [expr(jobName(model, '$string($try)'))] }] },
      {
        Retry: retry(),
        Assign: { job: expr("$states.result.JobSummaryList[0].JobId & ''"), submissions: expr('$submissions + 1') },
        Next: 'IsSubmitted',
      },
    ),
    IsSubmitted: {
      Type: 'Choice',
      Choices: [
        { Condition: expr("$job != ''"), Next: 'LookAtJob' },
        { Condition: expr(`$submissions <= ${MOST_SUBMISSIONS}`), Next: 'Submit' },
      ],
      Default: 'NotSubmitted',
    },
    Submit: call(
      'batch:submitJob',
      {
        JobName: expr(jobName(model, '$string($try)')),
        JobQueue: queueArn,
        JobDefinition: expr('$message.arguments.definition'),
        PropagateTags: true,
        Tags: tags,
        ...withEnvironment(nodes, (carrier) => [
          { Name: PLACES_VARIABLE, Value: expr(places(carrier === 'fetch' ? ALL_INPUTS : '{}')) },
        ]),
      },
      {
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Assign: { refusal: expr("$states.errorOutput.Error & ': ' & $states.errorOutput.Cause") },
            Next: 'WaitForAnswer',
          },
        ],
        Assign: { job: expr('$states.result.JobId') },
        Next: 'WaitForJob',
      },
    ),
    WaitForAnswer: { Type: 'Wait', Seconds: LOOK_AGAIN_SECONDS, Next: 'FindJob' },
    NotSubmitted: { Type: 'Fail', Error: 'NotSubmitted', Cause: expr('$refusal') },
    WaitForJob: pollWait('LookAtJob'),
    LookAtJob: call(
      'batch:describeJobs',
      { Jobs: [expr('$job'), ...(nodes === 1 ? [] : [expr(MAIN)])] },
      {
        Retry: retry(),
        Assign: { status: expr(`${FOUND}.Status & ''`), reason: expr(REASON), final: expr(IS_FINAL) },
        Next: 'HasJobEnded',
      },
    ),
    HasJobEnded: {
      Type: 'Choice',
      Choices: [
        { Condition: expr("$status = 'SUCCEEDED'"), Next: 'IsToKeep' },
        { Condition: expr(`$status = 'FAILED' and $contains($reason, '${STOPPED_REASON}')`), Next: 'TakenBack' },
        { Condition: expr("$status in ['FAILED', ''] and $not($final) and $try < $step.tries"), Next: 'LookAtRun' },
        { Condition: expr("$status in ['FAILED', '']"), Next: 'Failed' },
        { Condition: expr('$millis() > $tryBegan + $step.longestSeconds * 1000'), Next: 'GiveUp' },
      ],
      Default: 'WaitForJob',
    },
    GiveUp: call(
      'batch:terminateJob',
      { JobId: expr('$job'), Reason: expr("'It took longer than ' & $string($step.longestSeconds) & ' seconds.'") },
      { Retry: retry(), Next: 'WaitForJob' },
    ),
    TakenBack: { Type: 'Pass', Output: { kind: 'stopped' }, End: true },
    Failed: {
      Type: 'Pass',
      Output: {
        kind: 'failed',
        reason: expr("($try > 1 ? 'Try ' & $try & ': ' : '') & $reason"),
        where: expr(`'${props.links.jobs}' & $job`),
      },
      End: true,
    },
  };
}

/** Addresses of what the step reads, by argument. They are many, and whoever does not fetch them is not told. */
const ALL_INPUTS = `$merge([${INPUTS}.{
  $substringAfter($, 'input-'): $lookup($message.arguments, $)
}])`;

/** What a carrier knows of files, as the program `lib/jobs/cluster-step` reads it. */
const places = (inputs: string): string =>
  oneLine(`$string({
  'inputs': ${inputs},
  'outputs': { $step.output: $message.arguments.output },
  'checkpoints': $message.arguments.checkpoints
})`);

/**
 * The main node of a job of several. Batch says of the job why it ended, but of the node alone how its containers did.
 * Source: AWS Batch user guide, "Multi-node parallel jobs".
 */
const MAIN = "$job & '#0'";

const FOUND = '$states.result.Jobs[JobId = $job]';
const BROKEN = '$states.result.Jobs.EcsProperties.TaskProperties.Containers[ExitCode > 0]';

/** Whether the training itself ended badly, on a machine that was not taken away from under it. */
const IS_FINAL = `$exists(${BROKEN}[Name = '${TRAIN}']) and $not($contains(${FOUND}.StatusReason & '', /^${MACHINE_LOST}/))`;

/** Which container ended badly, and what Batch says. What carries files comes before and after what trains. */
const REASON = oneLine(`(
  $found := ${FOUND};
  $bad := ${BROKEN};
  $first := [['fetch', '${TRAIN}', 'store'].($name := $; $bad[Name = $name])][0];
  $join($append(
    [$exists($first) ? $first.Name & ' ended with ' & $first.ExitCode & ($exists($first.Reason) ? ' (' & $first.Reason & ')' : '')],
    [$exists($found) ? $found.StatusReason : 'Batch does not know the job any more.']
  ), '; ')
)`);

/** Ends whatever job of the step is not done yet. */
export function stopStates({ model, queueArn }: ClusterMachineProps, next: string): Readonly<Record<string, AslState>> {
  const active = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'];
  return {
    FindActive: call(
      'batch:listJobs',
      { JobQueue: queueArn, Filters: [{ Name: 'JOB_NAME', Values: [expr(jobName(model, "'*'"))] }] },
      {
        Retry: retry(),
        Assign: {
          job: expr(`$states.result.JobSummaryList[Status in ${JSON.stringify(active)}][0].JobId & ''`),
        },
        Next: 'IsActive',
      },
    ),
    IsActive: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$job != ''"), Next: 'Terminate' }],
      Default: next,
    },
    Terminate: call(
      'batch:terminateJob',
      { JobId: expr('$job'), Reason: STOPPED_REASON },
      { Retry: retry(), Next: next },
    ),
    [next]: { Type: 'Pass', Output: { kind: 'failed', reason: STOPPED_REASON }, End: true },
  };
}
