/**
 * Names of the tasks that are no step: two hyphens in a row are in the name of none.
 *
 * A step's task is called like the step.
 */
export const STEPS_TASK = 'run--steps';
export const OUTCOME_TASK = 'run--outcome';
export const GATE_TASK = 'gate--passed';
export const REGISTER_TASK = 'version--registered';

/** What makes a dataset's frozen snapshot known as a folder. Names of datasets have underscores where these have hyphens. */
export const snapshotTask = (dataset: string): string => `snapshot--${dataset.replaceAll('_', '-')}`;

/** The steps that hang on the condition of one of them. */
export const conditionTask = (step: string): string => `if--${step}`;
