import { type AslMachine, expr } from '../../machine/asl';
import { lockStates } from '../../machine/lock-states';
import { announceStates, LOCK_ID } from './announce-states';
import { changeStates } from './change-states';
import { decideStates } from './decide-states';
import { LOCK_TTL_SECONDS, LOCK_WAIT_SECONDS, oneLine, type TableMachineProps, TIMEOUT_SECONDS } from './machine-props';
import { optimizeStates } from './optimize-states';
import { readStates } from './read-states';

/**
 * The machine that owns the columns of a lake's tables. It starts from the change event of a desired table, or by hand
 * with `{ "dataset": "transactions" }`, and brings that table to what is desired: creates it, adds columns, widens types,
 * sees to its optimizers; refuses what would lose data. One execution at a time works on a table; others wait.
 *
 * Everything that can fail is inside `Work`, so that whatever fails there is announced and the lock given back.
 */
export function tableMachine(props: TableMachineProps): AslMachine {
  return {
    Comment: 'Brings one table of the lake to the columns that are desired, or says why not.',
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    TimeoutSeconds: TIMEOUT_SECONDS,
    States: {
      Begin: {
        Type: 'Pass',
        Assign: { dataset: expr(dataset(props.parameterPrefix)) },
        Next: 'Work',
      },
      Work: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'StartWork',
            States: {
              StartWork: { Type: 'Pass', Assign: { changes: [], failures: 0 }, Next: 'LockAcquire' },
              ...lockStates({
                prefix: 'Lock',
                table: props.lockTable,
                id: LOCK_ID,
                next: 'ReadDesired',
                ttlSeconds: LOCK_TTL_SECONDS,
                waitSeconds: LOCK_WAIT_SECONDS,
              }),
              ...readStates(props),
              ...decideStates(),
              ...changeStates(props),
              ...optimizeStates(props),
            },
          },
        ],
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Assign: {
              report: {
                outcome: 'failed',
                detail: expr("$states.errorOutput.Error & ': ' & $states.errorOutput.Cause"),
              },
            },
            Next: 'Outcome',
          },
        ],
        Assign: { report: expr('$states.result[0]') },
        Next: 'Outcome',
      },
      ...announceStates(props),
    },
  };
}

/** Never fails: a wrong input must end as an announced failure too. */
const dataset = (prefix: string) =>
  oneLine(`(
  $input := $states.input;
  $type($input.dataset) = 'string' ? $input.dataset
    : $type($input.detail.name) = 'string' ? $substringAfter($input.detail.name, '${prefix}')
    : ''
)`);
