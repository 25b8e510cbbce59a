import { BINDINGS_VERSION } from '../../support/terraform-bindings';
import type { TerraformJson, TerraformStack } from '../../support/terraform-stacks';

/** A reference as Terraform writes it. */
export const ref = (expression: string): string => `\${${expression}}`;

/** A stack named `toy` with the provider as cdktf declares it. */
export function googleStack(
  resource: NonNullable<TerraformJson['resource']>,
  more: TerraformJson = {},
): TerraformStack {
  return {
    name: 'toy',
    json: {
      terraform: { required_providers: { google: { source: 'google', version: BINDINGS_VERSION } } },
      provider: { google: [{ project: 'example', region: 'europe-west4' }] },
      resource,
      ...more,
    },
  };
}
