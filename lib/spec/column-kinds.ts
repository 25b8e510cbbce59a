import type { DatasetSpec } from './data-lake';

/** Type of a column of a dataset. */
export type ColumnTypeName = DatasetSpec['columns'][string];

export const TIMES: readonly ColumnTypeName[] = ['date', 'timestamp'];
export const WHOLE: readonly ColumnTypeName[] = ['int', 'bigint'];

export const isNumber = (type: ColumnTypeName): boolean =>
  type.startsWith('decimal') || [...WHOLE, 'float', 'double'].includes(type);
