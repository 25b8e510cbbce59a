import type { Finding, Path } from '../spec/problem';

/** A service that some regions of a cloud do not have. */
export interface RegionGap {
  /** What they have instead, after "has": `no AWS Budgets resource`. */
  readonly has: string;
  readonly regions: readonly string[];
  readonly fix: string;
}

/** What is wrong where a spec uses what its region does not have; undefined where the region has it. */
export const regionGap = (region: string, path: Path, { has, regions, fix }: RegionGap): Finding | undefined =>
  regions.includes(region)
    ? { path, message: `${region} has ${has}`, allowed: `every region but ${regions.join(', ')}`, fix, at: 'key' }
    : undefined;
