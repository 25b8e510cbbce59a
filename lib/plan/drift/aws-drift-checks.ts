import { eachEntry } from '../../spec/each-entry';
import type { SpecCheck } from '../../spec/references';
import { AWS_JOB_IMAGE_REGIONS, awsJobImageAccount } from '../job-images';
import { machineFinding } from '../machine-finding';
import { awsMachines } from '../machines/aws-machines';
import { findMachine } from '../machines/find-machine';
import { oneKindOfDays } from '../pipeline/aws-schedule';

const schedules: SpecCheck = ({ aws, models }, report) => {
  if (aws === undefined) return;
  eachEntry(models, ({ monitoring }, model) => {
    const path = ['models', model, 'monitoring', 'drift', 'schedule'];
    oneKindOfDays(report, path, monitoring?.drift?.schedule, 'write * for one of the two');
  });
};

/** The job runs on an image that AWS provides, and on a machine for processing. */
const jobs: SpecCheck = ({ aws, models }, report) => {
  if (aws === undefined) return;
  const { region } = aws;
  eachEntry(models, ({ monitoring }, model) => {
    const drift = monitoring?.drift;
    if (drift === undefined) return;
    const path = ['models', model, 'monitoring', 'drift'] as const;
    if (awsJobImageAccount(region) === undefined)
      report({
        path,
        at: 'key',
        message: `${region} has no image that the job runs on (SageMaker's scikit-learn)`,
        received: region,
        allowed: AWS_JOB_IMAGE_REGIONS.join(', '),
        fix: 'remove drift, or keep the model in another region',
      });
    const size = drift.machine;
    const choice = findMachine(awsMachines, { size, role: 'processing', region, capacity: 'on-demand' });
    if (!choice.ok) report(machineFinding(path, { size }, choice));
  });
};

/** Rules of drift that come from what AWS has and takes. */
export const AWS_DRIFT_CHECKS: readonly SpecCheck[] = [schedules, jobs];
