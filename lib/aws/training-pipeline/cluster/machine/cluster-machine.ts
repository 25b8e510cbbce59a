import { type AslMachine, type AslState, expr } from '../../../machine/asl';
import { answered, answerStates } from './answer-states';
import type { ClusterMachineProps } from './cluster-props';
import { jobStates, stopStates } from './job-states';
import { messageStates } from './message-states';
import { recallStates, recordStates } from './record-states';

/**
 * The machine that runs steps of a pipeline on the batch cluster. SageMaker Pipelines hands a callback step over by a message
 * with a token and waits for as long as nobody answers for that token, be the run stopped meanwhile. So everything that can
 * fail is inside `Train` and `Stop`, and whatever fails there is the answer.
 *
 * Stopping a run sends a second message, which another execution receives: it ends the job and answers; the one that watched
 * the job sees why that ended, and is done.
 */
export function clusterMachine(props: ClusterMachineProps): AslMachine {
  return {
    Comment: `Runs steps of the pipeline of ${props.model} on the batch cluster.`,
    QueryLanguage: 'JSONata',
    StartAt: 'Read',
    TimeoutSeconds: props.longestSeconds,
    States: {
      ...messageStates(props),
      Train: guarded(props, {
        ...recallStates(props, 'LookAtRun'),
        ...jobStates(props),
        ...recordStates(props),
      }),
      Stop: guarded(props, stopStates(props, 'Stopped')),
      ...answerStates(),
    },
  };
}

/** A Parallel state of one branch, so that whatever fails in it is caught in one place. */
function guarded(props: ClusterMachineProps, States: Readonly<Record<string, AslState>>): AslState {
  return {
    Type: 'Parallel',
    Branches: [{ StartAt: Object.keys(States)[0], States }],
    Catch: [{ ErrorEquals: ['States.ALL'], ...answered(props) }],
    Assign: { outcome: expr('$states.result[0]') },
    Next: 'Answer',
  };
}
