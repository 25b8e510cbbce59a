import type { AlertDetails } from '../../plan/alert-message';
import type { Signal } from '../../plan/signals';
import { publishAlert } from '../alerts/publish-state';
import { announcedEnds } from '../machine/announced-ends';
import { type AslMachine, call, expr } from '../machine/asl';

/** Times that the approver tries before it asks a person. */
export const APPROVAL_ATTEMPTS = 5;
/** Seconds before the second try; each further one waits as much longer. */
export const APPROVAL_WAIT_SECONDS = 10;
/** Seconds that one call may take. */
const CALL_SECONDS = 60;
/** A timeout has no cause. */
const CAUSE = expr("$error.Error & ': ' & $error.Cause");

export interface ApprovalMachineProps {
  readonly topicArn: string;
  readonly failed: Signal;
  readonly details: Omit<AlertDetails, 'fields'>;
}

/**
 * Approves the version whose ARN is in its input, `{ versionArn }`. Each try first looks at what the version is now: a
 * person may have rejected it meanwhile, an event may come twice, and a call that seemed to fail may have worked.
 */
export function approvalMachine(props: ApprovalMachineProps): AslMachine {
  const tryAgain = [{ ErrorEquals: ['States.ALL'], Assign: { error: expr('$states.errorOutput') }, Next: 'TriesLeft' }];
  return {
    Comment: 'Approves a registered version of a model while it waits for approval.',
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    TimeoutSeconds: 1800,
    States: {
      Begin: { Type: 'Pass', Assign: { versionArn: expr('$states.input.versionArn'), attempt: 1 }, Next: 'Look' },
      Look: call(
        'sagemaker:describeModelPackage',
        { ModelPackageName: expr('$versionArn') },
        {
          TimeoutSeconds: CALL_SECONDS,
          Output: { approval: expr('$states.result.ModelApprovalStatus') },
          Catch: tryAgain,
          Next: 'StillPending',
        },
      ),
      StillPending: {
        Type: 'Choice',
        Choices: [{ Condition: expr("$states.input.approval = 'PendingManualApproval'"), Next: 'Approve' }],
        Default: 'DecidedAlready',
      },
      Approve: call(
        'sagemaker:updateModelPackage',
        {
          ModelPackageArn: expr('$versionArn'),
          ModelApprovalStatus: 'Approved',
          ApprovalDescription: 'Approved automatically when it was registered.',
        },
        { TimeoutSeconds: CALL_SECONDS, Catch: tryAgain, Next: 'Approved' },
      ),
      TriesLeft: {
        Type: 'Choice',
        Choices: [{ Condition: expr(`$attempt < ${APPROVAL_ATTEMPTS}`), Next: 'WaitAndTryAgain' }],
        Default: 'AskForHelp',
        Assign: { report: { outcome: 'not approved', detail: CAUSE } },
      },
      WaitAndTryAgain: {
        Type: 'Wait',
        Seconds: expr(`$attempt * ${APPROVAL_WAIT_SECONDS}`),
        Assign: { attempt: expr('$attempt + 1') },
        Next: 'Look',
      },
      AskForHelp: publishAlert(
        {
          topicArn: props.topicArn,
          signal: props.failed,
          details: {
            ...props.details,
            fields: {
              Version: { from: '$versionArn' },
              Execution: { from: '$states.context.Execution.Id' },
              Error: { from: '$error.Error' },
              Cause: { from: '$error.Cause', freeText: true },
            },
          },
        },
        {
          TimeoutSeconds: CALL_SECONDS,
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 6 }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'NotAnnounced' }],
          Next: 'Done',
        },
      ),
      ...announcedEnds(),
      Approved: { Type: 'Succeed', Output: { outcome: 'approved' } },
      DecidedAlready: {
        Type: 'Succeed',
        Output: { outcome: 'decided already', approval: expr('$states.input.approval') },
      },
    },
  };
}
