import type { DatasetSpec } from '../../spec/data-lake';
import { instantOf } from '../../spec/instant';
import { ONCE } from '../../spec/once';
import { type ColumnRules, datasetRules } from '../../spec/rules';

/** Version of the format of rules.json that the validation job reads. */
export const RULES_VERSION = 1;
/** File in the folder of `--rules`. */
export const RULES_FILE = 'rules.json';
/** File in the folder of `--report` that says what was found. */
export const VALIDATION_FILE = 'validation.json';
/** How the job ends where data breaks a rule. 1 is a mistake in its setup, of which nothing can be said about data. */
export const VIOLATED_EXIT_CODE = 3;

/** A number, or of dates `2026-01-31`, or of timestamps `2026-01-31T12:00:00.000Z`. */
type Bound = number | string;

/** One rule that the job judges. Its name is where the spec has it. */
export type ValidationRule = { readonly name: string } & (
  | { readonly kind: 'type'; readonly column: string; readonly type: string }
  | { readonly kind: 'rows'; readonly atLeast: number }
  /** Exact as written: 2.3 of 100 rows. */
  | { readonly kind: 'nulls'; readonly column: string; readonly atMostPercent: number }
  | { readonly kind: 'min'; readonly column: string; readonly bound: Bound }
  | { readonly kind: 'max'; readonly column: string; readonly bound: Bound }
  | { readonly kind: 'values'; readonly column: string; readonly allowed: readonly (string | number | boolean)[] }
  | { readonly kind: 'pattern'; readonly column: string; readonly pattern: string }
  | { readonly kind: 'unique'; readonly columns: readonly string[] }
  | { readonly kind: 'age'; readonly column: string; readonly atMostSeconds: number }
);

/** What the validation job is told, `rules.json`: all of it, so that the job completes nothing by itself. */
export interface ValidationJob {
  readonly schemaVersion: typeof RULES_VERSION;
  readonly dataset: string;
  /** What ages are counted to: when the check runs, or when the snapshot was committed. */
  readonly ageAt: 'run' | 'commit';
  readonly rules: readonly ValidationRule[];
}

/** What a dataset is checked against: that each column is there with its type, then its rules. */
export function validationJob(dataset: string, { columns, rules }: DatasetSpec): ValidationJob {
  const { minRows, columns: ofColumns, unique, ageAt } = rules ?? datasetRules.parse({}, ONCE);
  return {
    schemaVersion: RULES_VERSION,
    dataset,
    ageAt,
    rules: [
      { name: 'rules.minRows', kind: 'rows', atLeast: minRows },
      ...Object.entries(columns).map(
        ([column, type]) => ({ name: `columns.${column}`, kind: 'type', column, type }) as const,
      ),
      ...Object.entries(ofColumns).flatMap(([column, given]) => columnRules(column, columns[column] ?? '', given)),
      ...Object.entries(unique).map(
        ([name, together]) => ({ name: `rules.unique.${name}`, kind: 'unique', columns: together }) as const,
      ),
    ],
  };
}

/** Files of the folder that the job gets as `--rules`. */
export const validationFiles = (dataset: string, spec: DatasetSpec): Readonly<Record<string, string>> => ({
  [RULES_FILE]: `${JSON.stringify(validationJob(dataset, spec), null, 2)}\n`,
});

function columnRules(column: string, type: string, rules: ColumnRules): readonly ValidationRule[] {
  const { maxNulls, min, max, values, pattern, unique, maxAge } = rules;
  const name = (key: keyof ColumnRules) => `rules.columns.${column}.${key}`;
  const bound = (end: Bound): Bound => (type === 'timestamp' ? (instantOf(String(end)) ?? end) : end);
  const found: (ValidationRule | undefined)[] = [
    maxNulls === undefined ? undefined : { name: name('maxNulls'), kind: 'nulls', column, atMostPercent: maxNulls },
    min === undefined ? undefined : { name: name('min'), kind: 'min', column, bound: bound(min) },
    max === undefined ? undefined : { name: name('max'), kind: 'max', column, bound: bound(max) },
    values === undefined ? undefined : { name: name('values'), kind: 'values', column, allowed: values },
    pattern === undefined ? undefined : { name: name('pattern'), kind: 'pattern', column, pattern },
    unique ? { name: name('unique'), kind: 'unique', columns: [column] } : undefined,
    maxAge === undefined ? undefined : { name: name('maxAge'), kind: 'age', column, atMostSeconds: maxAge.seconds },
  ];
  return found.filter((rule) => rule !== undefined);
}
