import { z } from 'zod';
import { advise } from './advice';
import { columnName, entryName } from './identifiers';
import { duration, percent } from './quantity';
import { uniqueItems } from './unique';

/** Rows that a snapshot has at least: a model of no rows is none. */
export const DEFAULT_LEAST_ROWS = 1;
/** When the age of the newest row is taken: data that stopped coming grows old although nothing is committed. */
export const DEFAULT_AGE_AT = 'run';
export const AGE_AT = ['run', 'commit'] as const;

/** Values that a column may be limited to; more are a table to join with, not a rule. */
export const MAX_ALLOWED_VALUES = 1000;

const bound = (end: 'Least' | 'Greatest') =>
  advise(z.union([z.number(), z.string().max(40)], { error: 'is neither a number nor a moment' }), {
    allowed: 'a number, for example 0; of a date or timestamp a text, for example 2026-01-31',
  })
    .optional()
    .describe(
      `${end} value: a number, or of a date or timestamp its text, such as 2026-01-31 or 2026-01-31T12:00:00Z (UTC unless said).`,
    );

const allowedValue = advise(
  z.union([z.string().max(256), z.number(), z.boolean()], { error: 'is no value of a column' }),
  { allowed: 'a text, a whole number, true or false, as the column has them' },
);

const columnRules = z.strictObject({
  maxNulls: percent()
    .optional()
    .describe('Share of rows without a value (null, or NaN) at most, such as 0% or 2.5%. Default: any.'),
  min: bound('Least'),
  max: bound('Greatest'),
  values: uniqueItems(z.array(allowedValue).min(1).max(MAX_ALLOWED_VALUES), 'value')
    .optional()
    .describe('Values that there may be.'),
  pattern: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe('Regular expression in the syntax of RE2 that the whole of each text matches, such as [A-Z]{3}.'),
  unique: z.boolean().default(false).describe('Whether no two rows may have the same value.'),
  maxAge: duration({ min: '1 minute', max: '10 years' })
    .optional()
    .describe(
      'Age of the newest value at most. A date is as old as its end in UTC. Values more than a day in the future do not count.',
    ),
});

/** Rules that say of rows what columns and types do not. A null breaks none but `maxNulls`. */
export const datasetRules = z
  .strictObject({
    minRows: z
      .int()
      .min(0)
      .max(1_000_000_000_000)
      .default(DEFAULT_LEAST_ROWS)
      .describe('Rows that there are at least.'),
    columns: z.record(columnName, columnRules).default({}).describe('Rules of columns, by the name of the column.'),
    unique: z
      .record(entryName, uniqueItems(z.array(columnName).min(2).max(16), 'column'))
      .default({})
      .describe('Columns whose values together no two rows may have in common, by a name of yours.'),
    ageAt: z
      .enum(AGE_AT)
      .default(DEFAULT_AGE_AT)
      .describe(
        'What maxAge is counted to. run: when the check runs. commit: when the snapshot was committed, so that a repeated check says the same.',
      ),
  })
  .describe('What data has to be like beside its columns and types; a step of kind validation checks it.');

export type DatasetRules = z.output<typeof datasetRules>;
export type ColumnRules = z.output<typeof columnRules>;
