import type { PlatformNames } from '../../plan/names';

/** Parameter with the ARN of the machine that deletes what is left of a model. */
export const retireParameter = (names: PlatformNames): string => names.parameter('operations', 'retire');
