import type { PlatformNames } from '../../plan/names';

/** Workflows that look after all endpoints of a platform. */
export type OperationsJob = 'retire' | 'sweep' | 'scorecard';

/** Name of one of them. */
export const operationsWorkflow = (names: PlatformNames, job: OperationsJob): string => names.of('compute', job);
