/** Error of freezing a table that holds nothing: whoever reads it would have nothing to read. */
export const NO_DATA = 'NoData';

/** What people are told of it. */
export const emptyTable = (dataset: string): string => `The table of the dataset ${dataset} is empty: it holds no row.`;
