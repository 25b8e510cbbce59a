import { eachStep } from '../../spec/each-pipeline';
import type { SpecCheck } from '../../spec/references';

const DAY = 86_400;

/**
 * Days that a step may run. A task of the pipeline watches its job, and Vertex AI cancels a task after 7 days, those included
 * in which the job waits for machines. Source: discovery document of aiplatform.v1, Scheduling.timeout, 7 days unless said;
 * tensorflow/tfx issue 6223, a task of Vertex AI Pipelines that was cancelled after just that time.
 */
const LONGEST_STEP_DAYS = 6;

/** The same, for people. */
export const LONGEST_STEP = `${LONGEST_STEP_DAYS} days`;

/** A step ends before the task that watches it is cancelled. */
export const stepsEnd: SpecCheck = ({ gcp, models }, report) => {
  if (gcp === undefined) return;
  eachStep(models, ({ maxRuntime }, path) => {
    if (maxRuntime.seconds <= LONGEST_STEP_DAYS * DAY) return;
    report({
      path: [...path, 'maxRuntime'],
      message: 'Vertex AI cancels a task of a pipeline after 7 days, and that of a step waits for machines too',
      allowed: `1 minute to ${LONGEST_STEP}`,
      // Not checkpoints: they are of one run alone, and a step on demand has none.
      fix: `write maxRuntime: ${LONGEST_STEP} and add nodes or accelerators, or make two trainings of it, the second of which reads the model of the first`,
    });
  });
};
