import { type DatasetProps, type LakeCloud, lakeSpec as specOfLake, type ZoneProps } from '../../plan/lake-spec';
import type { DataLakeSpec } from '../../spec/data-lake';

export type { DatasetProps, ZoneProps } from '../../plan/lake-spec';

/** Any region: nothing of a lake depends on it. */
const AWS: LakeCloud = { target: { aws: { region: 'us-east-1' } }, checks: [] };

/**
 * Completes a lake the way the whole spec of a platform is: the same defaults, the same rules, the same errors.
 * @throws SpecError with everything that is wrong, paths starting at `zones` and `datasets`.
 */
export const lakeSpec = (
  zones: Readonly<Record<string, ZoneProps>>,
  datasets: Readonly<Record<string, DatasetProps>>,
): DataLakeSpec => specOfLake(AWS, zones, datasets);
