import { type AslState, call, expr } from '../../../machine/asl';
import { oneLine } from '../../../machine/one-line';
import { type ClusterMachineProps, FOLDER_OUTPUT } from './cluster-props';

/** Characters of the reason of a failure. Source: service model of SageMaker, String256. */
const LONGEST_REASON = 256;

/** Nothing but the answer lets the pipeline go on, so it is repeated for hours. The token of a request makes it one. */
const RETRY = [
  {
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: 5,
    BackoffRate: 2,
    MaxDelaySeconds: 1800,
    MaxAttempts: 16,
    JitterStrategy: 'FULL',
  },
];

/** Seconds after which a run whose step somebody else answered for has gone on. */
const SETTLED_SECONDS = 300;

/** Tells the pipeline how its step ended, `$outcome`. A run that is over needs no answer. */
export function answerStates(): Readonly<Record<string, AslState>> {
  const kind = (name: string) => expr(`$outcome.kind = '${name}'`);
  const common = {
    Retry: RETRY,
    Catch: [{ ErrorEquals: ['States.ALL'], Assign: { refusal: expr(ERROR) }, Next: 'WaitForRun' }],
    Next: 'Done',
  };
  const request = {
    CallbackToken: expr('$message.token'),
    ClientRequestToken: expr("$hash($message.token & $message.status & $outcome.kind, 'SHA-256')"),
  };
  return {
    Answer: {
      Type: 'Choice',
      Choices: [
        { Condition: kind('done'), Next: 'AnswerSuccess' },
        { Condition: kind('failed'), Next: 'AnswerFailure' },
      ],
      Default: 'Done',
    },
    AnswerSuccess: call(
      'sagemaker:sendPipelineExecutionStepSuccess',
      { ...request, OutputParameters: [{ Name: FOLDER_OUTPUT, Value: expr('$outcome.folder') }] },
      common,
    ),
    AnswerFailure: call(
      'sagemaker:sendPipelineExecutionStepFailure',
      { ...request, FailureReason: expr(REASON) },
      common,
    ),
    WaitForRun: { Type: 'Wait', Seconds: SETTLED_SECONDS, Next: 'LookWhoAnswered' },
    LookWhoAnswered: call(
      'sagemaker:describePipelineExecution',
      { PipelineExecutionArn: expr('$message.pipelineExecutionArn') },
      { Retry: RETRY, Assign: { runStatus: expr('$states.result.PipelineExecutionStatus') }, Next: 'IsRunWaiting' },
    ),
    IsRunWaiting: {
      Type: 'Choice',
      Choices: [{ Condition: expr("$runStatus in ['Executing', 'Stopping']"), Next: 'NotAnswered' }],
      Default: 'Done',
    },
    NotAnswered: {
      Type: 'Fail',
      Error: 'NotAnswered',
      Cause: expr(
        "'SageMaker took no answer for a step of the run ' & $message.arguments.run & ', which waits for it: ' & $refusal & ' Stop the run, and start another.'",
      ),
    },
    Done: { Type: 'Succeed', Output: expr('$outcome') },
  };
}

/** What becomes of an error of the machine's own: the step failed, and so it is answered for. */
export const answered = ({ links }: ClusterMachineProps) => ({
  Assign: {
    outcome: {
      kind: 'failed',
      reason: expr(`'The machine that runs steps on the cluster failed: ' & ${ERROR}`),
      where: expr(`'${links.executions}' & $states.context.Execution.Id`),
    },
  },
  Next: 'Answer',
});

const ERROR = "$states.errorOutput.Error & ': ' & $states.errorOutput.Cause";

/** The reason, cut so that where to look, if that is known, has room after it. */
const REASON = oneLine(`(
  $where := $exists($outcome.where) ? ' ' & $outcome.where : '';
  $substring($outcome.reason, 0, ${LONGEST_REASON} - $length($where)) & $where
)`);
