import { TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';
import { lastingFact } from '../../plan/bigquery-columns';
import type { DatasetSpec } from '../../spec/data-lake';
import { literal } from '../escape';
import { type DataRemovalProps, dataRemoval } from '../removal';

export interface LastingColumnsProps extends DataRemovalProps {
  readonly datasets: Readonly<Record<string, DatasetSpec>>;
}

/**
 * What Terraform remembers of columns so that a plan fails that would take one away: the provider drops a column in place
 * and without a word. There is one instance for each column, called after its dataset, name and type. An instance that is
 * no longer wanted would be destroyed, which `prevent_destroy` refuses, naming it:
 * `terraform_data.…["transactions.amount NUMERIC with 2 digits after the point"]`. One resource holds the columns of all
 * datasets, so a dataset that leaves is refused alike. A wider type is the same instance.
 */
export function lastingColumns(scope: Construct, id: string, props: LastingColumnsProps): TerraformResource {
  const facts = Object.entries(props.datasets).flatMap(([dataset, { columns }]) =>
    Object.entries(columns).map(([name, type]) => literal(lastingFact(dataset, name, type))),
  );
  // Not by CDKTF's class for it, which asks `terraform` for its version: synthesis needs none.
  const resource = new TerraformResource(scope, id, {
    terraformResourceType: 'terraform_data',
    lifecycle: dataRemoval(scope, props).lifecycle,
  });
  // A map rather than a set: CDKTF would write a set as an expression, which nobody could read in a diff.
  resource.addOverride('for_each', Object.fromEntries(facts.map((fact) => [fact, true])));
  return resource;
}
