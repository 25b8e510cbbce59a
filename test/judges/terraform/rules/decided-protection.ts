import { resourceSchema } from '../../../support/terraform-bindings';
import { resourcesOf } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

const ARGUMENTS = ['deletion_protection', 'deletion_protection_enabled', 'delete_protection_state'];

/** The defaults differ by type, and most of them stop a destroy that was meant. */
export const decidedProtection: Rule = (stack) =>
  resourcesOf(stack).flatMap(({ address, type, body }) => {
    const attributes = resourceSchema(type)?.attributes ?? {};
    return ARGUMENTS.filter((name) => attributes[name]?.optional === true && body[name] === undefined).map((name) => ({
      address,
      message: `leaves ${name} to its default`,
    }));
  });
