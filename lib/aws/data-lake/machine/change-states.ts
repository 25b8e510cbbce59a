import { type AslState, call, expr } from '../../machine/asl';
import { retry, type TableMachineProps } from './machine-props';

/** Seconds between two looks at a statement. */
const POLL_SECONDS = 3;
/** Looks at one statement before it is stopped: 5 minutes for something that changes a little metadata. */
const MAX_POLLS = 100;
/** Statements that may fail in one execution. Writers that commit at the same time make one fail now and then. */
const MAX_FAILURES = 3;
/** Seconds before the table is read again after a statement failed. */
const FAILURE_WAIT_SECONDS = 10;

const RUNNING = "$queryState = 'QUEUED' or $queryState = 'RUNNING'";

/**
 * Runs `$query` in Athena and looks until it has ended. A question goes on to its answer; after a change, and after a
 * failure, everything starts over from the lock, because only what is there then counts.
 */
export function changeStates(props: TableMachineProps): Readonly<Record<string, AslState>> {
  return {
    StartQuery: call(
      'athena:startQueryExecution',
      {
        QueryString: expr('$query'),
        QueryExecutionContext: { Catalog: 'AwsDataCatalog', Database: expr('$desired.database') },
        ClientRequestToken: expr(TOKEN),
        WorkGroup: props.workgroup,
      },
      {
        Retry: retry(),
        Assign: { queryId: expr('$states.result.QueryExecutionId'), polls: 0 },
        Next: 'WaitForQuery',
      },
    ),
    WaitForQuery: { Type: 'Wait', Seconds: POLL_SECONDS, Next: 'LookAtQuery' },
    LookAtQuery: call(
      'athena:getQueryExecution',
      { QueryExecutionId: expr('$queryId') },
      {
        Retry: retry(),
        Assign: {
          queryState: expr('$states.result.QueryExecution.Status.State'),
          failure: expr("'Athena: ' & $states.result.QueryExecution.Status.StateChangeReason & ' (' & $query & ')'"),
          polls: expr('$polls + 1'),
        },
        Next: 'HasQueryEnded',
      },
    ),
    HasQueryEnded: {
      Type: 'Choice',
      Choices: [
        { Condition: expr("$queryState = 'SUCCEEDED' and $asking"), Next: 'ReadPartitioning' },
        {
          Condition: expr("$queryState = 'SUCCEEDED'"),
          Assign: { changes: expr('[$changes, $query]') },
          Next: 'LockAcquire',
        },
        { Condition: expr(`(${RUNNING}) and $polls < ${MAX_POLLS}`), Next: 'WaitForQuery' },
        {
          Condition: expr(RUNNING),
          Assign: { failure: expr(`'Athena did not end this within ${POLL_SECONDS * MAX_POLLS} seconds: ' & $query`) },
          Next: 'StopQuery',
        },
      ],
      Default: 'MayTryAgain',
    },
    StopQuery: call(
      'athena:stopQueryExecution',
      { QueryExecutionId: expr('$queryId') },
      { Retry: retry(), Next: 'MayTryAgain' },
    ),
    MayTryAgain: {
      Type: 'Choice',
      Choices: [
        {
          Condition: expr(`$failures + 1 < ${MAX_FAILURES}`),
          Assign: { failures: expr('$failures + 1') },
          Next: 'WaitAfterFailure',
        },
      ],
      Default: 'GiveUp',
    },
    WaitAfterFailure: { Type: 'Wait', Seconds: FAILURE_WAIT_SECONDS, Next: 'LockAcquire' },
    GiveUp: { Type: 'Fail', Error: 'QueryFailed', Cause: expr('$failure') },
  };
}

/** The same for every retry of one call and never for two calls, so that a retry cannot run a statement twice. */
const TOKEN = '$hash($states.context.Execution.Id & $states.context.State.EnteredTime & $query, "SHA-256")';
