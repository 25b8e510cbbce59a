import type { Path, Report } from '../../spec/problem';
import { restrictsBothDays } from './cron';

/** What a schedule names, for people. */
export const ONE_KIND_OF_DAYS = 'days of the month or days of the week, not both';

/** Refuses what cron says and AWS cannot: days of the month and days of the week at once; the others are `?` there. */
export function oneKindOfDays(report: Report, path: Path, schedule: string | undefined, fix: string): void {
  // What is no schedule at all is said elsewhere.
  if (schedule === undefined || schedule.split(' ').length !== 5 || !restrictsBothDays(schedule)) return;
  report({
    path,
    message: 'names days of the month and days of the week, and AWS takes one of the two',
    received: schedule,
    allowed: 'on AWS: * for the days of the month or for the days of the week',
    fix,
  });
}
