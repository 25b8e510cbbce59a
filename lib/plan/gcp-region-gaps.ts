import { eachEntry } from '../spec/each-entry';
import type { SpecCheck } from '../spec/references';
import { regionGap } from './region-gap';

/**
 * Regions of Google Cloud without Cloud Scheduler, as of 2026-09-24. Source: "Cloud Scheduler locations" and the release notes
 * of Cloud Scheduler. Of what else runs a platform, Workflows is in every region that a spec may name ("Workflows
 * locations"), Eventarc names none that it leaves out for audit logs and Pub/Sub ("Eventarc locations"), and where Batch is the
 * table of machines says.
 */
export const GCP_REGIONS_WITHOUT_SCHEDULER = [
  'africa-south1',
  'australia-southeast2',
  'europe-north1',
  'europe-southwest1',
  'southamerica-west1',
  'us-east5',
] as const;

/** Reports what a region of Google Cloud does not have. */
export const gcpRegionGaps: SpecCheck = ({ gcp, models }, report) => {
  if (gcp === undefined) return;
  eachEntry(models, (_model, name) => {
    const gap = regionGap(gcp.region, ['models', name], {
      has: 'no Cloud Scheduler, which starts what looks after models, as what runs, which version serves and what drifts',
      regions: GCP_REGIONS_WITHOUT_SCHEDULER,
      fix: 'choose another region for the models',
    });
    if (gap !== undefined) report(gap);
  });
};
