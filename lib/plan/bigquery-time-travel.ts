import type { DatasetSpec } from '../spec/data-lake';

const SECONDS_A_DAY = 86_400;
const HOURS_A_DAY = 24;

/**
 * Days that BigQuery can go back to what a table was, by the database of the table. Source: BigQuery documentation, "Data
 * retention with time travel and fail-safe". How many snapshots stay whatever their age cannot be said there: the option
 * for it is refused.
 */
export const TIME_TRAVEL_DAYS = { min: 2, max: 7 } as const;

/** Days after which the snapshots of a dataset expire. */
export const snapshotDays = ({ snapshots }: Pick<DatasetSpec, 'snapshots'>): number =>
  snapshots.maxAge.seconds / SECONDS_A_DAY;

/** Hours of time travel of a database, given its tables: those of the table that goes back furthest, or the most there is. */
export function timeTravelHours(datasets: readonly Pick<DatasetSpec, 'snapshots'>[]): number {
  const days = datasets.length === 0 ? TIME_TRAVEL_DAYS.max : Math.max(...datasets.map(snapshotDays));
  return days * HOURS_A_DAY;
}
