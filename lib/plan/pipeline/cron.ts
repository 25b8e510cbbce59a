/** What one field of a schedule may say, and how Amazon writes its values. */
interface CronField {
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const MINUTE: CronField = { least: 0, most: 59 };
const HOUR: CronField = { least: 0, most: 23 };
const DAY_OF_MONTH: CronField = { least: 1, most: 31 };
const MONTH: CronField = { least: 1, most: 12, names: MONTHS };
const DAY_OF_WEEK: CronField = { least: 0, most: 6, names: DAYS };

/**
 * Whether a schedule names days of the month and days of the week, of which any may come: with `1-31` for the former that
 * is every day, and only `*` names none. EventBridge takes one of the two and wants `?` for the other. Source: EventBridge
 * Scheduler user guide, "Cron-based schedules".
 */
export function restrictsBothDays(schedule: string): boolean {
  const [, , dayOfMonth, , dayOfWeek] = schedule.split(' ');
  return dayOfMonth !== '*' && dayOfWeek !== '*';
}

/**
 * A schedule of five fields as EventBridge Scheduler takes it: six fields, days of the week from 1 for Sunday, and `?` for
 * the days that say nothing. Values are written out, because steps mean different things where they begin elsewhere.
 *
 * @param schedule - one that a spec allows and that does not restrict both days
 * @returns `cron(0 3 * * ? *)`
 */
export function awsCron(schedule: string): string {
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = parts(schedule);
  const anyWeekday = isAll(daysOfWeek, DAY_OF_WEEK);
  const fields = [
    written(minutes, MINUTE),
    written(hours, HOUR),
    anyWeekday ? written(daysOfMonth, DAY_OF_MONTH) : '?',
    written(months, MONTH),
    anyWeekday
      ? '?'
      : ranges(
          daysOfWeek.map((day) => day + 1),
          1,
        ),
    '*',
  ];
  return `cron(${fields.join(' ')})`;
}

/**
 * A schedule of five fields as Cloud Scheduler takes it: numbers for names, which it knows in capitals and in no range, and
 * values written out, because crons disagree on whether days with a step are days that are named. Source: Cloud Scheduler
 * documentation, "Cron job format and time zone".
 *
 * @param schedule - one that a spec allows
 * @returns `0 3 * * 1-5`
 */
export function gcpCron(schedule: string): string {
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = parts(schedule);
  // Where any of both may come, every day of one is no `*`, which would leave the days to the other.
  const days = restrictsBothDays(schedule) ? named : written;
  return [
    written(minutes, MINUTE),
    written(hours, HOUR),
    days(daysOfMonth, DAY_OF_MONTH),
    written(months, MONTH),
    days(daysOfWeek, DAY_OF_WEEK),
  ].join(' ');
}

function parts(schedule: string) {
  const [minute = '*', hour = '*', dayOfMonth = '*', month = '*', dayOfWeek = '*'] = schedule.split(' ');
  return {
    minutes: values(minute, MINUTE),
    hours: values(hour, HOUR),
    daysOfMonth: values(dayOfMonth, DAY_OF_MONTH),
    months: values(month, MONTH),
    // Sunday is 0 and 7, and 7 where a range ends with its name.
    daysOfWeek: sorted(values(dayOfWeek.replace(/-sun/gi, '-7'), { ...DAY_OF_WEEK, most: 7 }).map((day) => day % 7)),
  };
}

/** Every value that a field names. */
function values(text: string, field: CronField): readonly number[] {
  const one = (item: string): readonly number[] => {
    const [range = '*', step = '1'] = item.split('/');
    const [first = '*', last] = range.split('-');
    const from = first === '*' ? field.least : numberOf(first, field);
    const until = first === '*' ? field.most : last === undefined ? from : numberOf(last, field);
    const every = Math.max(1, Number(step));
    return Array.from({ length: Math.max(0, Math.floor((until - from) / every) + 1) }, (_, i) => from + i * every);
  };
  return sorted(text.split(',').flatMap(one));
}

function numberOf(text: string, { names = [], least }: CronField): number {
  const at = names.indexOf(text.toLowerCase());
  return at < 0 ? Number(text) : at + least;
}

const sorted = (numbers: readonly number[]): readonly number[] => [...new Set(numbers)].sort((a, b) => a - b);

const isAll = (found: readonly number[], { least, most }: CronField): boolean => found.length === most - least + 1;

const written = (found: readonly number[], field: CronField): string => (isAll(found, field) ? '*' : named(found));

const named = (found: readonly number[]): string => ranges(found, 2);

/** Values as a list, those in a row as `1-5`. `longerThan`: how long a row is at least that is written so. */
function ranges(found: readonly number[], longerThan: number): string {
  const rows: number[][] = [];
  for (const value of found) {
    const row = rows.at(-1);
    if (row !== undefined && row.at(-1) === value - 1) row.push(value);
    else rows.push([value]);
  }
  return rows.flatMap((row) => (row.length > longerThan ? [`${row[0]}-${row.at(-1)}`] : row.map(String))).join(',');
}
