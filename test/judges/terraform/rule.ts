import type { MachineCatalog } from '../../../lib/plan/machines/machines';
import type { TerraformPlatform, TerraformStack } from '../../support/terraform-stacks';

export interface RuleFinding {
  /** `google_storage_bucket.raw`; empty for the stack itself. */
  readonly address: string;
  readonly message: string;
}

export interface RuleContext {
  /** What the stack is a part of: stacks before it are there when it is applied. */
  readonly platform: TerraformPlatform;
  readonly machines: MachineCatalog;
}

/** One thing that Terraform and Google's provider accept and a platform must not do. A pure function in a file of its own. */
export type Rule = (stack: TerraformStack, context: RuleContext) => readonly RuleFinding[];
