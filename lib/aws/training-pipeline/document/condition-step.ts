import type { Threshold } from '../../../plan/pipeline/graph';
import type { GatePlan } from '../../../plan/pipeline/pipeline-plan';
import { RUN } from '../../../plan/pipeline/run-parameters';
import { conditionStep, GATE_FAILED_STEP, GATE_STEP, type Step } from './document-props';
import { METRICS_OUTPUT } from './places';
import { fromFile, join, type Part, parameter } from './references';

const COMPARES = { atLeast: 'GreaterThanOrEqualTo', atMost: 'LessThanOrEqualTo' } as const;

const holds = ({ of, must }: Threshold, value: number | Part) => ({
  Type: COMPARES[must],
  LeftValue: fromFile(of.step, METRICS_OUTPUT, of.metric),
  RightValue: value,
});

const condition = (
  name: string,
  test: object,
  then: readonly Step[],
  after: readonly string[],
  otherwise: readonly Step[] = [],
): Step => ({
  Name: name,
  Type: 'Condition',
  Arguments: { Conditions: [test], IfSteps: then, ElseSteps: otherwise },
  ...(after.length === 0 ? {} : { DependsOn: after }),
});

/** Steps that run only if what the first of them waits for holds. Nothing is wrong where it does not. */
export const whenStep = (step: string, when: Threshold, then: readonly Step[], after: readonly string[]): Step =>
  condition(conditionStep(step), holds(when, when.value), then, after);

/**
 * The gate: registers, or does not. A failure would end whatever runs beside it, and no step may wait for what hangs on a
 * condition; so the run fails where the gate comes last, and ends well where it does not. Whoever follows the run reads what
 * came of the gate. Source: SageMaker Python SDK, `sagemaker.workflow.fail_step`.
 */
export const gateStep = (gate: GatePlan, register: Step, after: readonly string[], isLast: boolean): Step =>
  condition(GATE_STEP, holds(gate, parameter(RUN.gateFloor)), [register], after, isLast ? [failStep(gate)] : []);

/** Says what was wanted. What was measured is in the metrics of the step. */
const failStep = ({ of, must }: GatePlan): Step => ({
  Name: GATE_FAILED_STEP,
  Type: 'Fail',
  Arguments: {
    ErrorMessage: join(
      `The gate wants ${of.step}.${of.metric} to be ${must === 'atLeast' ? 'at least' : 'at most'} `,
      parameter(RUN.gateFloor),
      '. The model is not registered.',
    ),
  },
});
