import { gateComesLast } from '../../../plan/pipeline/gate-comes-last';
import { runParameters } from '../../../plan/pipeline/run-parameters';
import type { ContainerStep, StepPlan } from '../../../plan/pipeline/step-plan';
import { callbackStep } from './callback-step';
import { gateStep, whenStep } from './condition-step';
import type { DocumentProps, Step } from './document-props';
import { processingStep, validationStep } from './processing-step';
import { registerStep } from './register-step';
import { trainingStep } from './training-step';

/** A definition of SageMaker Pipelines. */
export interface PipelineDocument {
  readonly Version: '2020-12-01';
  readonly Metadata: Readonly<Record<string, never>>;
  readonly Parameters: readonly { readonly Name: string; readonly Type: 'String' | 'Float' }[];
  readonly Steps: readonly Step[];
}

/** The graph of a plan as SageMaker runs it. */
export function pipelineDocument(props: DocumentProps): PipelineDocument {
  const { plan } = props;
  return {
    Version: '2020-12-01',
    Metadata: {},
    Parameters: runParameters(plan).map(({ name, type }) => ({
      Name: name,
      Type: type === 'number' ? 'Float' : 'String',
    })),
    Steps: [...steps(props), ...registration(props)],
  };
}

function steps(props: DocumentProps): readonly Step[] {
  const { plan } = props;
  return plan.steps.flatMap((step) => {
    if (step.conditionOf === undefined) return stepOf(props, step, step.after);
    // Those that hang on a condition are within the step of that condition, which stands where the first of them would.
    return step.conditionOf === step.name && isConditional(step) ? [conditional(props, step)] : [];
  });
}

const isConditional = (step: StepPlan): step is ContainerStep & Required<Pick<ContainerStep, 'when'>> =>
  step.kind !== 'validation' && step.when !== undefined;

function conditional(props: DocumentProps, first: ContainerStep & Required<Pick<ContainerStep, 'when'>>): Step {
  const members = props.plan.steps.filter(({ conditionOf }) => conditionOf === first.name);
  const names = new Set(members.map(({ name }) => name));
  const outside = members.flatMap(({ after }) => after.filter((name) => !names.has(name)));
  const then = members.map((step) =>
    stepOf(
      props,
      step,
      step.after.filter((name) => names.has(name)),
    ),
  );
  return whenStep(first.name, first.when, then, [...new Set(outside)]);
}

function stepOf(props: DocumentProps, step: StepPlan, after: readonly string[]): Step {
  switch (step.kind) {
    case 'validation':
      return validationStep(props, step, after);
    case 'training':
      return trainingStep(props, step, after);
    case 'cluster-training':
      return callbackStep(props, step, after);
    default:
      return processingStep(props, step, after);
  }
}

function registration(props: DocumentProps): readonly Step[] {
  const { register, gate } = props.plan;
  if (register === undefined) return [];
  if (gate === undefined) return [registerStep(props, register, register.after)];
  return [gateStep(gate, registerStep(props, register, []), register.after, gateComesLast(props.plan))];
}
