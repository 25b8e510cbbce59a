import type { MachineCatalog } from '../../../lib/plan/machines/machines';
import type { TerraformPlatform } from '../../support/terraform-stacks';
import type { Rule } from './rule';
import { additiveIam } from './rules/additive-iam';
import { afterApi } from './rules/after-api';
import { afterGrants } from './rules/after-grants';
import { afterKeyGrants } from './rules/after-key-grants';
import { afterNames } from './rules/after-names';
import { afterStacks } from './rules/after-stacks';
import { alone } from './rules/alone';
import { apisStay } from './rules/apis-stay';
import { closedResources } from './rules/closed-resources';
import { customerKey } from './rules/customer-key';
import { decidedProtection } from './rules/decided-protection';
import { deployedAccounts } from './rules/deployed-accounts';
import { knownMachines } from './rules/known-machines';
import { knownPlaces } from './rules/known-places';
import { literalTemplates } from './rules/literal-templates';
import { narrowRoles } from './rules/narrow-roles';
import { notPublic } from './rules/not-public';
import { shortFilters } from './rules/short-filters';
import { soundBuckets } from './rules/sound-buckets';
import { statedAccess } from './rules/stated-access';

/** Every rule by its id, which is the name of its file. */
export const RULES: Readonly<Record<string, Rule>> = {
  'additive-iam': additiveIam,
  'after-api': afterApi,
  'after-grants': afterGrants,
  'after-key-grants': afterKeyGrants,
  'after-names': afterNames,
  'after-stacks': afterStacks,
  alone,
  'apis-stay': apisStay,
  'closed-resources': closedResources,
  'customer-key': customerKey,
  'decided-protection': decidedProtection,
  'deployed-accounts': deployedAccounts,
  'known-machines': knownMachines,
  'known-places': knownPlaces,
  'literal-templates': literalTemplates,
  'narrow-roles': narrowRoles,
  'not-public': notPublic,
  'short-filters': shortFilters,
  'sound-buckets': soundBuckets,
  'stated-access': statedAccess,
};

/** What the rules find in a platform, one line each. */
export function ruleLines(
  platform: TerraformPlatform,
  machines: MachineCatalog,
  rules: Readonly<Record<string, Rule>> = RULES,
): readonly string[] {
  return platform.stacks.flatMap((stack) =>
    Object.entries(rules).flatMap(([id, rule]) =>
      rule(stack, { platform, machines }).map(({ address, message }) => `${stack.name} ${id} ${address}: ${message}`),
    ),
  );
}
