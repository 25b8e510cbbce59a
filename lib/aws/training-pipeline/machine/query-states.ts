import { type AslState, call, expr } from '../../machine/asl';
import { retry } from '../../machine/retry';

/**
 * Seconds before the first look at a query. Each wait is twice the one before, so that an end is seen after twice a query's
 * time at most and looks are few: an execution has 25,000 events, and freezes all datasets in one. Source: Step Functions
 * developer guide, "Service quotas", execution history.
 */
const FIRST_WAIT_SECONDS = 5;
/**
 * Looks at one query before it is stopped: 42 minutes of them. Athena itself stops it after 30 unless somebody raised that.
 * Source: Athena user guide, "Service Quotas", DML query timeout.
 */
export const MAX_LOOKS = 9;
/** All of them together. */
export const QUERY_SECONDS = FIRST_WAIT_SECONDS * (2 ** MAX_LOOKS - 1);

export interface QueryStatesProps {
  /** Start of the names of these states, of which `<prefix>Start` is the first. */
  readonly prefix: string;
  readonly workgroup: string;
  /** JSONata for the statement and for the database that names in it are of. */
  readonly query: string;
  readonly database: string;
  /** Where to go on when it succeeded: `$queryId` has the answer. */
  readonly done: string;
  /** Where to go on when it did not: `$queryFailure` says why. */
  readonly failed: string;
}

/**
 * States that run a query in Athena and look until it has ended. Variables: `$queryId`, `$queryState`, `$queryFailure` and
 * `$looks`.
 */
export function queryStates(props: QueryStatesProps): Readonly<Record<string, AslState>> {
  const { prefix, workgroup, query, database, done, failed } = props;
  const state = (name: string) => `${prefix}${name}`;
  return {
    [state('Start')]: call(
      'athena:startQueryExecution',
      {
        QueryString: expr(query),
        QueryExecutionContext: { Catalog: 'AwsDataCatalog', Database: expr(database) },
        ClientRequestToken: expr(TOKEN(query)),
        WorkGroup: workgroup,
      },
      {
        Retry: retry(),
        Assign: { queryId: expr('$states.result.QueryExecutionId'), looks: 0 },
        Next: state('Wait'),
      },
    ),
    [state('Wait')]: {
      Type: 'Wait',
      Seconds: expr(`${FIRST_WAIT_SECONDS} * $power(2, $looks)`),
      Next: state('Look'),
    },
    [state('Look')]: call(
      'athena:getQueryExecution',
      { QueryExecutionId: expr('$queryId') },
      {
        Retry: retry(),
        Assign: {
          queryState: expr('$states.result.QueryExecution.Status.State'),
          queryFailure: expr("'Athena: ' & $states.result.QueryExecution.Status.StateChangeReason"),
          looks: expr('$looks + 1'),
        },
        Next: state('Ended'),
      },
    ),
    [state('Ended')]: {
      Type: 'Choice',
      Choices: [
        { Condition: expr("$queryState = 'SUCCEEDED'"), Next: done },
        { Condition: expr(`${RUNNING} and $looks < ${MAX_LOOKS}`), Next: state('Wait') },
        {
          Condition: expr(RUNNING),
          Assign: { queryFailure: `Athena did not end a query within ${Math.floor(QUERY_SECONDS / 60)} minutes.` },
          Next: state('Stop'),
        },
      ],
      Default: failed,
    },
    [state('Stop')]: call(
      'athena:stopQueryExecution',
      { QueryExecutionId: expr('$queryId') },
      { Retry: retry(), Next: failed },
    ),
  };
}

const RUNNING = "$queryState in ['QUEUED', 'RUNNING']";

/** The same for every retry of one call and never for two calls, so that a retry cannot run a statement twice. */
const TOKEN = (query: string) =>
  `$hash($states.context.Execution.Id & $states.context.State.EnteredTime & (${query}), 'SHA-256')`;
