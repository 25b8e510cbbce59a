import type { PlatformNames } from '../../plan/names';

/** Name of the workflow that starts runs of a model's pipeline. */
export const startWorkflowName = (names: PlatformNames, model: string): string => names.of('compute', 'start', model);
