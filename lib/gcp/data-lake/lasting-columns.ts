import type { Construct } from 'constructs';
import { lastingFact } from '../../plan/bigquery-columns';
import type { DatasetSpec } from '../../spec/data-lake';
import { LastingFacts } from '../lasting';
import type { DataRemovalProps } from '../removal';

export interface LastingColumnsProps extends DataRemovalProps {
  readonly datasets: Readonly<Record<string, DatasetSpec>>;
}

/**
 * The columns of a lake, each with its dataset, name and type, `transactions.amount NUMERIC with 2 digits after the point`:
 * the provider drops a column in place and without a word. One resource holds those of all datasets, so a dataset that
 * leaves is refused alike. A wider type is the same fact.
 */
export function lastingColumns(
  scope: Construct,
  id: string,
  { datasets, ...props }: LastingColumnsProps,
): LastingFacts {
  const facts = Object.entries(datasets).flatMap(([dataset, { columns }]) =>
    Object.entries(columns).map(([name, type]) => lastingFact(dataset, name, type)),
  );
  return new LastingFacts(scope, id, { ...props, facts: () => facts });
}
