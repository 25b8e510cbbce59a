import { resourcesOf } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

/** A policy or a binding takes away what others have granted, the grants of Google's own agents among them. */
export const additiveIam: Rule = (stack) =>
  resourcesOf(stack)
    .filter(({ type }) => /_iam_(policy|binding)$/.test(type))
    .map(({ address }) => ({ address, message: 'takes away what others have granted: use the _iam_member resource' }));
