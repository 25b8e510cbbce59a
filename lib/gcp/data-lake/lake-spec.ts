import { GCP_LAKE_CHECKS } from '../../plan/gcp-lake-checks';
import { type DatasetProps, type LakeCloud, lakeSpec as specOfLake, type ZoneProps } from '../../plan/lake-spec';
import { unsupportedOptions } from '../../plan/parity/parity-checks';
import type { DataLakeSpec } from '../../spec/data-lake';

export type { DatasetProps, ZoneProps } from '../../plan/lake-spec';

/** Any project: nothing of a lake depends on which. */
const GCP: LakeCloud = {
  target: { gcp: { project: 'any-project', projectNumber: 1, region: 'us-central1' } },
  checks: [...GCP_LAKE_CHECKS, unsupportedOptions],
};

/**
 * Completes a lake the way the whole spec of a platform is: the same defaults, the same rules, the same errors.
 * @throws SpecError with everything that is wrong, paths starting at `zones` and `datasets`.
 */
export const lakeSpec = (
  zones: Readonly<Record<string, ZoneProps>>,
  datasets: Readonly<Record<string, DatasetProps>>,
): DataLakeSpec => specOfLake(GCP, zones, datasets);
