/** GB of the smallest boot disk of a job on Vertex AI. Source: discovery document of aiplatform.v1, DiskSpec. */
const SMALLEST_DISK_GB = 100;

/** The same, for people. */
export const SMALLEST_DISK = `${SMALLEST_DISK_GB} GB at least`;

/** GB of the boot disk of a job that was written to have so many. */
export const bootDiskGb = (diskGib: number): number => Math.max(diskGib, SMALLEST_DISK_GB);
