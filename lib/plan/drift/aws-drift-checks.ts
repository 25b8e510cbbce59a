import { eachEntry } from '../../spec/each-entry';
import type { SpecCheck } from '../../spec/references';
import { AWS_JOB_IMAGE_REGIONS, awsJobImageAccount } from '../job-images';
import { machineFinding } from '../machine-finding';
import { awsMachines } from '../machines/aws-machines';
import { findMachine } from '../machines/find-machine';
import { restrictsBothDays } from '../pipeline/cron';

/** Cron on AWS: either days of the month or days of the week, the others are `?`. */
const schedules: SpecCheck = ({ aws, models }, report) => {
  if (aws === undefined) return;
  eachEntry(models, ({ monitoring }, model) => {
    const schedule = monitoring?.drift?.schedule;
    if (schedule === undefined || schedule.split(' ').length !== 5 || !restrictsBothDays(schedule)) return;
    report({
      path: ['models', model, 'monitoring', 'drift', 'schedule'],
      message: 'names days of the month and days of the week, and AWS takes one of the two',
      received: schedule,
      allowed: 'on AWS: * for the days of the month or for the days of the week',
      fix: 'write * for one of the two',
    });
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
