import type { PipelinePlan } from '../../../plan/pipeline/pipeline-plan';
import { RUN } from '../../../plan/pipeline/run-parameters';
import { retryPolicy } from './draft';
import type { Component, Executor, TaskSpec } from './pipeline-spec';
import { placeholder } from './placeholder';
import { componentName, executorName } from './render-dag';
import type { RenderProps } from './render-props';
import { taskExecutor } from './task-executor';
import { OUTCOME_TASK, STEPS_TASK } from './task-names';

const STATUS = 'status';
const RETRIES = 3;

/**
 * Writes down how the run ended, whether its tasks succeeded or not: `outcome.json` in the folder of the run. It takes
 * nothing that a task makes, which may have failed.
 */
export function outcomeTask(props: RenderProps): {
  readonly task: TaskSpec;
  readonly component: Component;
  readonly executor: Executor;
} {
  const { gate } = props.plan;
  const asked = gate === undefined ? [RUN.id] : [RUN.id, RUN.gateFloor];
  return {
    task: {
      taskInfo: { name: OUTCOME_TASK },
      componentRef: { name: componentName(OUTCOME_TASK) },
      dependentTasks: [STEPS_TASK],
      inputs: {
        parameters: {
          ...Object.fromEntries(asked.map((name) => [name, { componentInputParameter: name }])),
          [STATUS]: { taskFinalStatus: { producerTask: STEPS_TASK } },
        },
      },
      cachingOptions: {},
      triggerPolicy: { strategy: 'ALL_UPSTREAM_TASKS_COMPLETED' },
      ...retryPolicy(RETRIES),
    },
    component: {
      executorLabel: executorName(OUTCOME_TASK),
      inputDefinitions: {
        parameters: {
          [RUN.id]: { parameterType: 'STRING' },
          ...(gate === undefined ? {} : { [RUN.gateFloor]: { parameterType: 'NUMBER_DOUBLE' } }),
          [STATUS]: { parameterType: 'TASK_FINAL_STATUS', isOptional: true },
        },
      },
    },
    executor: taskExecutor(props, 'outcome', {
      name: OUTCOME_TASK,
      kind: 'outcome',
      args: [...['--run', placeholder.value(RUN.id), '--status', placeholder.value(STATUS)], ...otherwise(props.plan)],
    }),
  };
}

/** What a run means that ended well and registered nothing. */
function otherwise({ gate, register }: PipelinePlan): readonly string[] {
  if (register === undefined) return ['--otherwise', 'done', '--because', 'It registers no version.'];
  if (gate === undefined) return ['--otherwise', 'failed', '--because', 'It registered no version.'];
  const { of, must } = gate;
  const than = must === 'atLeast' ? 'less' : 'more';
  return [
    ...['--otherwise', 'gate-failed', '--because'],
    `The model did not pass the gate: ${of.step}.${of.metric} is ${than} than ${placeholder.value(RUN.gateFloor)}.`,
  ];
}
