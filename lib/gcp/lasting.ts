import { Lazy, TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';
import { literal } from './escape';
import { type DataRemovalProps, dataRemoval } from './removal';

export interface LastingFactsProps extends DataRemovalProps {
  /** What may never be otherwise again, a line each. Asked for once the app is whole. */
  readonly facts: () => readonly string[];
}

/**
 * What Terraform remembers, so that a plan fails that would lose it: one instance for each fact, called after it. One that is
 * no longer wanted would be destroyed, which `prevent_destroy` refuses, naming it: `terraform_data.…["the fact"]`. It goes by
 * the two keys, or with `terraform state rm`.
 */
export class LastingFacts extends TerraformResource {
  constructor(scope: Construct, id: string, props: LastingFactsProps) {
    // Not by CDKTF's class for it, which asks `terraform` for its version: synthesis needs none.
    super(scope, id, { terraformResourceType: 'terraform_data', lifecycle: dataRemoval(scope, props).lifecycle });
    // A map rather than a set: CDKTF would write a set as an expression, which nobody could read in a diff.
    const produce = () => Object.fromEntries(props.facts().map((fact) => [literal(fact), true]));
    this.addOverride('for_each', Lazy.anyValue({ produce }));
  }
}

/**
 * Remembers the resources of a scope that `prevent_destroy` protects, by their addresses: that protection leaves together
 * with the resource, so what a spec no longer names would be destroyed without a word. The scope has to be one that stays.
 * Source: Terraform language, "resource block", prevent_destroy.
 */
export function lastingResources(scope: Construct, props: DataRemovalProps): LastingFacts {
  return new LastingFacts(scope, 'Lasting', { ...props, facts: () => protectedIn(scope) });
}

/** Those that both keys lift the protection of as well: it comes back with the next apply without them. */
const protectedIn = (scope: Construct): readonly string[] =>
  scope.node
    .findAll()
    .filter((one) => TerraformResource.isTerraformResource(one))
    .filter((one) => !(one instanceof LastingFacts) && one.lifecycle?.preventDestroy !== undefined)
    .map((one) => `${one.terraformResourceType}.${one.friendlyUniqueId}`);
