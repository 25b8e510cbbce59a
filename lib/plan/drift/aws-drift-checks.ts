import { eachEntry } from '../../spec/each-entry';
import type { SpecCheck } from '../../spec/references';
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

/** Rules of drift that come from what AWS takes. */
export const AWS_DRIFT_CHECKS: readonly SpecCheck[] = [schedules];
