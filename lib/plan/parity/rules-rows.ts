import { both, emulated, type ParityRow } from './parity';

/** One program judges a snapshot on both clouds, by the same rules.json. */
const judged = both(emulated("the platform's own program judges the snapshot, in steps of kind validation"));

const OPTIONS = [
  'minRows',
  'ageAt',
  'unique.*',
  ...['maxNulls', 'min', 'max', 'values', 'pattern', 'unique', 'maxAge'].map((key) => `columns.*.${key}`),
];

/** What each cloud does of the rules of a dataset. */
export const RULES_ROWS: Readonly<Record<string, ParityRow>> = Object.fromEntries(
  OPTIONS.map((option) => [`dataLake.datasets.*.rules.${option}`, judged]),
);
