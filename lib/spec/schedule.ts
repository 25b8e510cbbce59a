import { Cron } from 'croner';

const ATOM = '(?:[0-9]{1,2}|[A-Za-z]{3})';
/** Five fields of numbers, names, ranges, lists and steps: what every cron has, and none of the extensions. */
const FIELD = `(?:\\*|${ATOM}(?:-${ATOM})?)(?:/[0-9]{1,2})?(?:,(?:\\*|${ATOM}(?:-${ATOM})?)(?:/[0-9]{1,2})?)*`;
const FIVE_FIELDS = new RegExp(`^${FIELD}(?: ${FIELD}){4}$`);

/** What is wrong with the times of a schedule, if anything. */
export function scheduleProblem(schedule: string): string | undefined {
  if (!FIVE_FIELDS.test(schedule)) return 'is not five fields of cron';
  try {
    return new Cron(schedule, { paused: true }).nextRun() === null ? 'never comes' : undefined;
  } catch (error) {
    return `is not cron: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Where runs of a schedule are counted from, so that the answer is always the same, and how many. */
const ANY_DAY = new Date(Date.UTC(2024, 0, 1));
const RUNS = 100;

/** Seconds between the two runs of a schedule that are nearest to each other. */
export function shortestGapSeconds(schedule: string): number {
  // An offset, as a zone by its name takes thirty times as long.
  const runs = new Cron(schedule, { paused: true, utcOffset: 0 }).nextRuns(RUNS, ANY_DAY);
  return Math.min(...runs.slice(1).map((run, i) => (run.getTime() - (runs[i]?.getTime() ?? 0)) / 1000));
}
