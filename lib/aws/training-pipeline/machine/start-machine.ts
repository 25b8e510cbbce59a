import { type AslMachine, type AslState, expr } from '../../machine/asl';
import { lockStates, unlockStates } from '../../machine/lock-states';
import { announceStates } from './announce-states';
import { decideStates, unchangedStates } from './decide-states';
import { floorStates } from './floor-states';
import { freezeStates } from './freeze-states';
import { imageStates, launchStates } from './launch-states';
import { requestStates } from './request-states';
import { LOCK_WAIT_SECONDS, lockTtlSeconds, type StartMachineProps, startAllowanceSeconds } from './start-props';
import { watchStates } from './watch-states';

/**
 * The machine that everything goes through which starts a run of a pipeline: schedules, new data, signals and people, by a
 * StartRequest. One execution at a time decides whether a run may start; freezes the data that it reads; says what the gate
 * has to reach; and starts it. Then it follows the run and says how it ended. A trigger that comes twice is refused the
 * second time, and an execution that is started again under its name goes on with the run that it had started.
 *
 * Everything that can fail is inside `Start` and `Watch`, so that whatever fails there is announced and the lock given back.
 */
export function startMachine(props: StartMachineProps): AslMachine {
  const lock = { table: props.lockTable, id: props.lock };
  return {
    Comment: `Starts runs of the pipeline of ${props.model} and says how they end.`,
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    TimeoutSeconds: startAllowanceSeconds(props.datasets.length) + props.longestRunSeconds,
    States: {
      ...requestStates(),
      Start: guarded(
        {
          ...lockStates({
            ...lock,
            prefix: 'Lock',
            next: 'ListRuns',
            ttlSeconds: lockTtlSeconds(props.datasets.length),
            waitSeconds: LOCK_WAIT_SECONDS,
          }),
          ...decideStates(props),
          ...freeze(props),
          ...unchangedStates(props),
          ...floorStates(props),
          ...imageStates(props),
          ...launchStates(props),
        },
        'started',
        'UnlockRelease',
      ),
      ...unlockStates({ ...lock, prefix: 'Unlock', next: 'IsStarted' }),
      IsStarted: {
        Type: 'Choice',
        Choices: [{ Condition: expr("$started.outcome = 'started'"), Next: 'Watch' }],
        Default: 'NotStarted',
      },
      NotStarted: { Type: 'Pass', Assign: { report: expr('$started') }, Next: 'Outcome' },
      Watch: guarded(watchStates(props), 'ended', 'Report'),
      Report: {
        Type: 'Pass',
        Assign: { report: expr("$merge([{ 'gate': $started.gate }, $ended])") },
        Next: 'Outcome',
      },
      ...announceStates(props),
    },
  };
}

const freeze = ({ datasets, workgroup, bucket, snapshotsPrefix }: StartMachineProps) =>
  datasets.length === 0
    ? {}
    : freezeStates({
        name: 'Freeze',
        items: datasets,
        workgroup,
        bucket,
        prefix: snapshotsPrefix,
        into: 'snapshots',
        next: 'IsForData',
      });

/** A Parallel state of one branch: whatever fails in it is caught in one place, and is why no run was started or followed. */
function guarded(States: Readonly<Record<string, AslState>>, into: string, next: string): AslState {
  const failed = {
    outcome: 'start-failed',
    detail: expr("$states.errorOutput.Error & ': ' & $states.errorOutput.Cause"),
  };
  return {
    Type: 'Parallel',
    Branches: [{ StartAt: Object.keys(States)[0], States }],
    Catch: [{ ErrorEquals: ['States.ALL'], Assign: { [into]: failed }, Next: next }],
    Assign: { [into]: expr('$states.result[0]') },
    Next: next,
  };
}
