import { DECIMAL_TYPE } from './table-columns';

/** A column as BigQuery's `tables.insert` takes it, and answers it. Its numbers are texts there. */
export interface BigQueryColumn {
  readonly name: string;
  readonly type: string;
  readonly mode: 'NULLABLE';
  readonly precision?: string;
  readonly scale?: string;
}

/** Types of a spec in BigQuery. It has one width of whole numbers and one of floating point numbers. */
export const BIGQUERY_TYPES: Readonly<Record<string, string>> = {
  boolean: 'BOOL',
  int: 'INT64',
  bigint: 'INT64',
  float: 'FLOAT64',
  double: 'FLOAT64',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  string: 'STRING',
  binary: 'BYTES',
};

/** Type of every decimal: managed Iceberg tables know no BIGNUMERIC. */
const DECIMAL = 'NUMERIC';

/**
 * Digits of a NUMERIC. Sources: BigQuery documentation, "Parameterized decimal type"; "Apache Iceberg managed tables",
 * "Limitations": no BIGNUMERIC.
 */
export const NUMERIC_DIGITS = { beforePoint: 29, afterPoint: 9 } as const;

interface Digits {
  readonly precision: number;
  readonly scale: number;
}

function digitsOf(type: string): Digits | undefined {
  const [, precision, scale] = DECIMAL_TYPE.exec(type) ?? [];
  return precision === undefined ? undefined : { precision: Number(precision), scale: Number(scale) };
}

/** Whether a type of a spec can be a column: every one but decimals of more digits than a NUMERIC has. */
export function fitsBigQuery(type: string): boolean {
  const digits = digitsOf(type);
  if (digits === undefined) return true;
  return digits.scale <= NUMERIC_DIGITS.afterPoint && digits.precision - digits.scale <= NUMERIC_DIGITS.beforePoint;
}

/**
 * A column of a spec as one of BigQuery.
 * @throws Error for a type that a spec does not have, or that does not fit; loading a spec reports that before.
 */
export function bigQueryColumn(name: string, type: string): BigQueryColumn {
  const digits = digitsOf(type);
  const known = digits === undefined ? BIGQUERY_TYPES[type] : DECIMAL;
  if (known === undefined || !fitsBigQuery(type)) throw new Error(`BigQuery has no column of type ${type} (${name})`);
  return {
    name,
    type: known,
    mode: 'NULLABLE',
    ...(digits === undefined ? {} : { precision: String(digits.precision) }),
    // A scale of 0 is not answered; one that is asked for would be a change in every plan.
    ...(digits === undefined || digits.scale === 0 ? {} : { scale: String(digits.scale) }),
  };
}

/**
 * What of a column may never be otherwise again: that it is there, its type, and the digits after the point of a decimal.
 * A wider type of the same family is the same in all of these, so a column that widens keeps them.
 */
export function lastingFact(dataset: string, name: string, type: string): string {
  const digits = digitsOf(type);
  const { type: kind } = bigQueryColumn(name, type);
  return `${dataset}.${name} ${kind}${digits === undefined ? '' : ` with ${digits.scale} digits after the point`}`;
}
