import type { PipelinePlan } from '../../../plan/pipeline/pipeline-plan';
import { runParameters } from '../../../plan/pipeline/run-parameters';
import type { StepPlan } from '../../../plan/pipeline/step-plan';
import { gateCondition, whenCondition } from './condition';
import type { Draft, GroupDraft, TaskDraft } from './draft';
import { outcomeTask } from './outcome-task';
import { type ParameterType, type PipelineDocument, SCHEMA_VERSION, SDK_VERSION } from './pipeline-spec';
import { registerDraft } from './register-draft';
import { componentName, executorName, type Parts, parameters, renderTasks, tasksIn } from './render-dag';
import type { RenderProps } from './render-props';
import { snapshotDraft } from './snapshot-draft';
import { stepDraft } from './step-draft';
import { conditionTask, GATE_TASK, OUTCOME_TASK, STEPS_TASK } from './task-names';

/**
 * A training pipeline as Vertex AI Pipelines runs it: all steps in one group, and after it, however that ended, a task that
 * writes down the outcome. Conditions and the gate are groups of their own, which do not run where they do not hold.
 */
export function renderPipeline(props: RenderProps): PipelineDocument {
  const { plan } = props;
  const run = parameterTypes(plan);
  const steps: GroupDraft = { name: STEPS_TASK, items: drafts(props) };
  const parts: Parts = { components: {}, executors: {} };
  const known = { run, tasks: new Map(tasksIn([steps]).map((task) => [task.name, task])) };
  const outcome = outcomeTask(props);
  const tasks = { ...renderTasks([steps], known, parts), [OUTCOME_TASK]: outcome.task };
  return {
    pipelineInfo: { name: plan.name, description: `Training pipeline of ${plan.model}` },
    schemaVersion: SCHEMA_VERSION,
    sdkVersion: SDK_VERSION,
    root: { inputDefinitions: parameters(run), dag: { tasks } },
    components: { ...parts.components, [componentName(OUTCOME_TASK)]: outcome.component },
    deploymentSpec: { executors: { ...parts.executors, [executorName(OUTCOME_TASK)]: outcome.executor } },
  };
}

const parameterTypes = (plan: PipelinePlan): Readonly<Record<string, ParameterType>> =>
  Object.fromEntries(
    runParameters(plan).map(({ name, type }) => [name, type === 'number' ? 'NUMBER_DOUBLE' : 'STRING'] as const),
  );

function drafts(props: RenderProps): readonly Draft[] {
  const { datasets, gate, register, steps } = props.plan;
  const registration = register === undefined ? [] : [registerDraft(props, register)];
  return [
    ...datasets.map(snapshotDraft),
    ...conditioned(props, steps),
    ...(gate === undefined || registration.length === 0
      ? registration
      : [{ name: GATE_TASK, items: registration, condition: gateCondition(gate) }]),
  ];
}

/** Each step, those that hang on a condition in one group for it. */
function conditioned(props: RenderProps, steps: readonly StepPlan[]): readonly Draft[] {
  const rendered = new Map<string, TaskDraft>(steps.map((step) => [step.name, stepDraft(props, step)]));
  const of = (those: readonly StepPlan[]) => those.flatMap(({ name }) => rendered.get(name) ?? []);
  return steps.flatMap((step): Draft[] => {
    if (step.conditionOf === undefined) return of([step]);
    if (step.kind === 'validation' || step.when === undefined) return [];
    const items = of(steps.filter(({ conditionOf }) => conditionOf === step.name));
    return [{ name: conditionTask(step.name), items, condition: whenCondition(step.when) }];
  });
}
