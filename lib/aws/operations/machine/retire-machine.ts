import { OPERATIONS_SIGNALS } from '../../../plan/outcome-signals';
import { endpointLock } from '../../../plan/serving-access';
import { publishAlert } from '../../alerts/publish-state';
import { announcedEnds } from '../../machine/announced-ends';
import { type AslMachine, type AslState, call, expr } from '../../machine/asl';
import { lockStates, unlockStates } from '../../machine/lock-states';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { putRecord } from '../../serving-endpoint/machine/see-states';
import { endpointName } from './endpoint-name';
import { literal, NOTHING, PARAMETER_NOT_FOUND, work } from './machine-props';
import { recordOf } from './read-record';
import { retireEndpointStates } from './retire-endpoint-states';
import { retireLeftoverStates } from './retire-leftover-states';
import {
  RETIRE_LOCK_TTL_SECONDS,
  RETIRE_TIMEOUT_SECONDS,
  RETIRE_WAIT_SECONDS,
  type RetireMachineProps,
} from './retire-props';
import { retireRecordStates } from './retire-record-states';

const LOCK_ID = expr(`${literal(endpointLock(''))} & $endpoint`);

/**
 * The machine that deletes what is left of a model: its endpoint, the scaling of that, the alarms, configurations and
 * models that were made at run time, and the record of the version that served. It starts by hand with
 * `{ "model": "fraud-detector" }`, or by an event: the shell's parameter `{ "parameter" }` or the stack of the model
 * `{ "stackId" }` was deleted. By an event it does nothing while the model has a shell, because then the shell is back.
 *
 * It decides from what is there, and deletes only what has the tags of the endpoint: another platform's names may look
 * the same. So it can crash anywhere and be started again. Where the model has a shell still, its record is marked, so that
 * an approval does not deploy again what a person took away: `{ retired, retiring, … }` while it works, and
 * `{ retired, shell }` once the channel knows. Without a shell the record goes then.
 */
export function retireMachine(props: RetireMachineProps): AslMachine {
  return {
    Comment: 'Deletes what is left of a model that served.',
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    TimeoutSeconds: RETIRE_TIMEOUT_SECONDS,
    States: {
      Begin: {
        Type: 'Pass',
        Assign: { model: expr(modelOf(props)), byEvent: expr('$not($exists($states.input.model))') },
        Next: 'NameEndpoint',
      },
      NameEndpoint: { Type: 'Pass', Assign: { endpoint: expr(endpointName(props.slug)) }, Next: 'Work' },
      Work: work({
        StartAt: 'HasModel',
        States: {
          HasModel: {
            Type: 'Choice',
            Choices: [
              {
                Condition: expr("$model != ''"),
                Assign: {
                  begun: false,
                  failures: 0,
                  removed: [],
                  known: false,
                  shell: NOTHING,
                  since: NOTHING,
                  marked: false,
                },
                Next: 'LockAcquire',
              },
            ],
            Default: 'NoModel',
          },
          NoModel: {
            Type: 'Fail',
            Error: 'NoModel',
            Cause: 'The input names no model. It has to be {"model": "name"}.',
          },
          ...lockStates({
            prefix: 'Lock',
            table: props.lockTable,
            id: LOCK_ID,
            next: 'MayBeOwned',
            ttlSeconds: RETIRE_LOCK_TTL_SECONDS,
            waitSeconds: RETIRE_WAIT_SECONDS,
          }),
          ...retireRecordStates(props),
          ...retireEndpointStates(props),
          ...retireLeftoverStates(props),
        },
      }),
      ...endStates(props),
    },
  };
}

/** Says how it ended, forgets the version that served or keeps that it was retired, gives the lock back, and ends with that. */
function endStates(props: RetireMachineProps): Readonly<Record<string, AslState>> {
  const details = {
    platform: props.slug,
    where: ['the execution ', { from: '$states.context.Execution.Id' }],
    fields: { Model: { from: '$model', freeText: true }, Details: { from: '$report.detail', freeText: true } },
  };
  const recordLeft = {
    ErrorEquals: ['States.ALL'],
    Assign: {
      report: {
        outcome: 'failed',
        detail: expr("'Everything is deleted but the record of the version: ' & $states.errorOutput.Cause"),
      },
    },
    Next: 'AnnounceFailed',
  };
  const tell = (signal: (typeof OPERATIONS_SIGNALS)['retired' | 'retireFailed'], next: string) =>
    publishAlert(
      { topicArn: props.topicArn, signal, details },
      {
        Retry: retry(),
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: { announced: false }, Next: 'UnlockRelease' }],
        Assign: { announced: true },
        Next: next,
      },
    );
  return {
    Outcome: {
      Type: 'Choice',
      Choices: [
        { Condition: expr("$report.outcome = 'retired'"), Next: 'AnnounceRetired' },
        { Condition: expr("$report.outcome = 'failed'"), Next: 'AnnounceFailed' },
      ],
      Default: 'NobodyNeedsToKnow',
    },
    NobodyNeedsToKnow: { Type: 'Pass', Assign: { announced: true }, Next: 'RecordStays' },
    AnnounceRetired: tell(OPERATIONS_SIGNALS.retired, 'RecordStays'),
    RecordStays: {
      Type: 'Choice',
      Choices: [
        { Condition: expr("$report.outcome = 'owned'"), Next: 'UnlockRelease' },
        { Condition: expr("$report.shell != ''"), Next: 'KeepMark' },
      ],
      Default: 'ForgetChampion',
    },
    KeepMark: putRecord(
      { championParameter: expr(recordOf(props, '$model')) },
      "{ 'retired': $report.since, 'shell': $report.shell }",
      {
        Catch: [recordLeft],
        Next: 'UnlockRelease',
      },
    ),
    ForgetChampion: call(
      'ssm:deleteParameter',
      { Name: expr(recordOf(props, '$model')) },
      {
        Retry: retry(PARAMETER_NOT_FOUND),
        Catch: [{ ErrorEquals: [PARAMETER_NOT_FOUND], Next: 'UnlockRelease' }, recordLeft],
        Next: 'UnlockRelease',
      },
    ),
    AnnounceFailed: tell(OPERATIONS_SIGNALS.retireFailed, 'UnlockRelease'),
    ...unlockStates({ prefix: 'Unlock', table: props.lockTable, id: LOCK_ID, next: 'End' }),
    End: {
      Type: 'Choice',
      Choices: [{ Condition: expr('$not($announced)'), Next: 'NotAnnounced' }],
      Default: 'Done',
    },
    ...announcedEnds("{ 'outcome': $report.outcome, 'detail': $report.detail }"),
  };
}

/** Never fails: a wrong input must end as an announced failure too. */
const modelOf = ({ modelsPrefix, stackPrefix }: RetireMachineProps): string =>
  oneLine(`(
  $input := $states.input;
  $model := $type($input.model) = 'string' ? $input.model
    : $type($input.parameter) = 'string'
      ? $substringBefore($substringAfter($input.parameter, ${literal(modelsPrefix)}), '/')
    : $type($input.stackId) = 'string'
      ? $substringAfter($split($input.stackId, '/')[1], ${literal(stackPrefix)});
  $exists($model) ? $model : ''
)`);
