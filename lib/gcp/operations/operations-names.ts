import type { PlatformNames } from '../../plan/names';

/** Workflows that look after all endpoints and snapshots of a platform. */
export type OperationsJob = 'retire' | 'sweep' | 'scorecard' | 'collector';

/** Name of one of them. */
export const operationsWorkflow = (names: PlatformNames, job: OperationsJob): string => names.of('compute', job);
