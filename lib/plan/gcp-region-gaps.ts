import { eachEntry } from '../spec/each-entry';
import type { ModelSpec } from '../spec/model';
import { datasetsOf } from '../spec/pipeline-refs';
import type { Path } from '../spec/problem';
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

/** What a clock starts for a model, by where it is in the spec of the model. */
function scheduled({ serving, pipeline, monitoring }: ModelSpec): readonly { path: Path; what: string }[] {
  return [
    ...(serving === undefined ? [] : [{ path: ['serving'], what: 'looks after endpoints once a day' }]),
    ...Object.entries(pipeline?.triggers ?? {}).flatMap(([name, { schedule }]) =>
      schedule === undefined ? [] : [{ path: ['pipeline', 'triggers', name], what: 'starts runs by schedule' }],
    ),
    ...(pipeline !== undefined && datasetsOf(pipeline).length > 0
      ? [{ path: ['pipeline'], what: 'collects frozen snapshots once a day' }]
      : []),
    ...(monitoring?.drift === undefined
      ? []
      : [{ path: ['monitoring', 'drift'], what: 'looks for drift by schedule' }]),
  ];
}

/** Reports what a region of Google Cloud does not have. */
export const gcpRegionGaps: SpecCheck = ({ gcp, models }, report) => {
  if (gcp === undefined) return;
  eachEntry(models, (model, name) => {
    for (const { path, what } of scheduled(model)) {
      const gap = regionGap(gcp.region, ['models', name, ...path], {
        has: `no Cloud Scheduler, which ${what}`,
        regions: GCP_REGIONS_WITHOUT_SCHEDULER,
        fix: 'choose another region for the models',
      });
      if (gap !== undefined) report(gap);
    }
  });
};
