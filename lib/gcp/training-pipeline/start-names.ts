import type { PlatformNames } from '../../plan/names';

/** Name of the workflow that starts runs of a model's pipeline. */
export const startWorkflowName = (names: PlatformNames, model: string): string => names.of('compute', 'start', model);

/**
 * Name of the schedule of a trigger, which starts that workflow. No name has two hyphens in a row: no other model and trigger
 * come to this one.
 */
export const startScheduleName = (names: PlatformNames, model: string, trigger: string): string =>
  names.of('compute', 'start', `${model}--${trigger}`);
