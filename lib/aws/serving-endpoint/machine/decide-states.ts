import { type AslState, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { ROLLBACK_ALLOWANCE, type RolloutMachineProps } from './rollout-props';
import { guarded, MOVING } from './see-states';

/** The update was begun or is about to be by this decision. */
const TRYING = '$exists($record.trying) and $record.trying.millis = $request.millis';

/**
 * The update to the version was begun by this decision, here or by an execution that crashed, and the endpoint came to rest
 * again since. That the endpoint changed proves nothing alone: SageMaker maintains endpoints, and people touch them.
 */
const TRIED = oneLine(`${TRYING} and $record.trying.config = $name and $record.trying.begun = true
  and $record.trying.since != $endpoint.modified`);

/**
 * The update was begun, though whoever began it could not say so: the endpoint is on its way to that configuration; or the
 * last update that it took asked for guards of that configuration, which none before the mark did.
 */
const SEEN_BEGUN = oneLine(`${TRYING} and $not($record.trying.begun = true)
  and ($endpoint.pending = $record.trying.config
    or ($record.trying.guarded = false and ${guarded('$record.trying.config')}))`);

/** The endpoint was made for this decision. */
export const MADE = '$exists($endpoint.created) and $endpoint.created >= $request.millis';

/** Another configuration serves than the record says, or the first one. */
const UNRECORDED = "$endpoint.status = 'InService' and $endpoint.config != ($record.config & '')";

/** Calls that may be refused before the machine gives up. */
const MAX_REFUSALS = 4;

const is = (status: string): string => `$endpoint.status = '${status}'`;
const choice = (condition: string, Next: string, Assign?: Readonly<Record<string, unknown>>) => ({
  Condition: expr(condition),
  Next,
  ...(Assign === undefined ? {} : { Assign }),
});

/**
 * Decides from what is, never from what was done before; after each step everything is read and decided anew. So a crash,
 * an event that comes twice, a call whose answer was lost and somebody else's change in between are all the same case.
 *
 * Variables: `$request`, `$record`, `$owned`, `$endpoint`; `$name` of the configuration that is to serve, '' until that is
 * resolved; `$prepared`, whether all is there that an update needs; `$ending`, whether a failed first endpoint is being
 * deleted; `$refusals` and `$refused`, of creating, updating and deleting.
 */
export function decideStates(props: RolloutMachineProps): Readonly<Record<string, AslState>> {
  return {
    Decide: {
      Type: 'Choice',
      Choices: [
        choice(`${MOVING} and $deadline > 0 and $millis() > $deadline`, 'StillMoving'),
        choice(SEEN_BEGUN, 'MarkBegun'),
        choice(MOVING, 'WaitForEndpoint', {
          deadline: expr(`$deadline > 0 ? $deadline : $millis() + ${longest(props)}`),
        }),
        choice(UNRECORDED, 'FollowConfig'),
        choice("$name = ''", 'ResolveVersion'),
        choice(`${is('InService')} and $endpoint.config = $name`, 'Serves'),
        choice(`${is('InService')} and ${TRIED}`, 'TakenBack'),
        choice(`$endpoint.status in ['UpdateRollbackFailed', 'Failed'] and ${TRIED}`, 'NotTakenBack'),
        choice(`${is('Absent')} and $ending`, 'FirstFailed'),
        choice(`$refusals >= ${MAX_REFUSALS}`, 'Refused'),
        choice(`${is('Failed')} and $endpoint.config = $name and ${MADE}`, 'DeleteEndpoint', {
          ending: true,
          cause: expr("$endpoint.failure & ''"),
        }),
        choice("$approval != 'Approved'", 'NotApproved'),
        // A failed endpoint serves nothing, and SageMaker takes nothing for it but its deletion.
        choice(is('Failed'), 'DeleteEndpoint'),
        choice('$not($prepared)', 'ModelLook'),
        choice(`${is('Absent')} and $exists($record.retired)`, 'ServeAgain'),
        choice(is('Absent'), 'CreateEndpoint'),
        choice("$endpoint.status in ['InService', 'UpdateRollbackFailed']", 'MarkTrying'),
      ],
      Default: 'UnknownStatus',
    },
    Serves: {
      Type: 'Pass',
      Output: result(
        `(${TRYING}) or (${MADE} and $not($exists($record.decided) and $record.decided.ended >= $endpoint.created)) ? 'promoted' : 'noop'`,
        "'All traffic goes to this version.'",
      ),
      End: true,
    },
    NotTakenBack: {
      Type: 'Pass',
      Output: result("'rollback-failed'", "'The endpoint is in status ' & $endpoint.status & '. ' & $endpoint.failure"),
      End: true,
    },
    FirstFailed: { Type: 'Pass', Output: result("'failed-first'", '$cause'), End: true },
    NotApproved: {
      Type: 'Pass',
      Output: result("'withdrawn'", "'Its approval status is ' & $approval & '.'"),
      End: true,
    },
    Refused: { Type: 'Fail', Error: 'Refused', Cause: expr('$refused') },
    StillMoving: {
      Type: 'Fail',
      Error: 'StillMoving',
      Cause: expr("'The endpoint is in status ' & $endpoint.status & ' for longer than any rollout takes.'"),
    },
    UnknownStatus: {
      Type: 'Fail',
      Error: 'UnknownStatus',
      Cause: expr("'The endpoint is in status ' & $endpoint.status & ', in which nothing can be done with it.'"),
    },
  };
}

/** Milliseconds that an endpoint may be on its way. */
const longest = ({ rollout }: RolloutMachineProps): number => (rollout.maximumSeconds + ROLLBACK_ALLOWANCE) * 1000;

/** How the work ended, given JSONata for outcome and detail. */
export const result = (outcome: string, detail: string) => ({
  outcome: expr(outcome),
  detail: expr(detail),
  version: expr('$version'),
  record: expr('$record'),
});
