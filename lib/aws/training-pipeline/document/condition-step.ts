import type { Threshold } from '../../../plan/pipeline/graph';
import type { GatePlan } from '../../../plan/pipeline/pipeline-plan';
import { RUN } from '../../../plan/pipeline/run-parameters';
import { conditionStep, GATE_STEP, type Step } from './document-props';
import { METRICS_OUTPUT } from './places';
import { fromFile, type Part, parameter } from './references';

const COMPARES = { atLeast: 'GreaterThanOrEqualTo', atMost: 'LessThanOrEqualTo' } as const;

const holds = ({ of, must }: Threshold, value: number | Part) => ({
  Type: COMPARES[must],
  LeftValue: fromFile(of.step, METRICS_OUTPUT, of.metric),
  RightValue: value,
});

const condition = (name: string, test: object, then: readonly Step[], after: readonly string[]): Step => ({
  Name: name,
  Type: 'Condition',
  Arguments: { Conditions: [test], IfSteps: then, ElseSteps: [] },
  ...(after.length === 0 ? {} : { DependsOn: after }),
});

/** Steps that run only if what the first of them waits for holds. Nothing is wrong where it does not. */
export const whenStep = (step: string, when: Threshold, then: readonly Step[], after: readonly string[]): Step =>
  condition(conditionStep(step), holds(when, when.value), then, after);

/**
 * The gate: registers, or does not. A step that fails the run would end whatever runs beside the gate, and no step may wait for
 * what hangs on a condition; so the run ends well, and whoever follows it reads what came of this step. Source: SageMaker
 * Python SDK, `sagemaker.workflow.fail_step`.
 */
export const gateStep = (gate: GatePlan, register: Step, after: readonly string[]): Step =>
  condition(GATE_STEP, holds(gate, parameter(RUN.gateFloor)), [register], after);
