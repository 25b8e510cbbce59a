import { resourcesOf } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

/** Turning an API off stops what anybody else in the project does with it; the default has changed between releases. */
export const apisStay: Rule = (stack) =>
  resourcesOf(stack)
    .filter(({ type, body }) => type === 'google_project_service' && body.disable_on_destroy !== false)
    .map(({ address }) => ({ address, message: 'needs disable_on_destroy: false' }));
