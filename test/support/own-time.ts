import { Cron } from 'croner';

/** When something happens by itself: five fields of cron in a time zone of the IANA. */
export interface OwnTimes {
  readonly cron: string;
  readonly timeZone: string;
}

/** The next moments of a schedule after a moment. */
export const nextTimes = ({ cron, timeZone }: OwnTimes, after: Date, count: number): readonly Date[] =>
  new Cron(cron, { paused: true, timezone: timeZone }).nextRuns(count, after);

/** The next moment of a schedule after a moment, both ISO 8601. */
export function nextTime(times: OwnTimes, after: string): string {
  const [next] = nextTimes(times, new Date(after), 1);
  if (next === undefined) throw new Error(`${times.cron} never comes`);
  return next.toISOString();
}
