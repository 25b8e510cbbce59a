import { type AslMachine, type AslState, expr } from '../../machine/asl';
import { announceStates } from './announce-states';
import { captureStates } from './capture-states';
import { type DriftMachineProps, timeoutSeconds } from './drift-props';
import { frozenStates } from './frozen-states';
import { jobStates } from './job-states';
import { resultStates } from './result-states';
import { servedStates } from './served-states';
import { windowStates } from './window-states';

/**
 * The machine that runs the drift job of a model and publishes what it found: how much the requests of a window differ from
 * what the version that serves was trained on, or how well it answered by the labels that have arrived. Figures become
 * metrics; alarms on them tell people and start retrainings. Where there is nothing to measure (no version serves, nobody
 * asks, no label has come) it ends well and says so in its output.
 *
 * Two executions at once are harmless: each has a folder and a job of its own. Everything that can fail is inside `Measure`,
 * so that whatever fails there is announced.
 */
export function driftMachine(props: DriftMachineProps): AslMachine {
  return {
    Comment: `Measures drift and quality of ${props.plan.model}.`,
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    TimeoutSeconds: timeoutSeconds(props),
    States: {
      ...windowStates(props),
      Measure: measure({
        ...servedStates(props),
        ...captureStates(props),
        ...frozenStates(props),
        ...jobStates(props),
        ...resultStates(props),
      }),
      ...announceStates(props),
    },
  };
}

/** A Parallel state of one branch: whatever fails in it is caught in one place. */
function measure(States: Readonly<Record<string, AslState>>): AslState {
  const failed = {
    outcome: 'failed',
    detail: expr("$states.errorOutput.Error & ': ' & $states.errorOutput.Cause"),
  };
  return {
    Type: 'Parallel',
    Branches: [{ StartAt: Object.keys(States)[0], States }],
    Catch: [{ ErrorEquals: ['States.ALL'], Assign: { report: failed }, Next: 'Outcome' }],
    Assign: { report: expr('$states.result[0]') },
    Next: 'Outcome',
  };
}
