import { accessListsIn } from '../../../support/gcp-iam';
import { resourcesOf } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

/**
 * A policy or a binding takes away what others have granted, the grants of Google's own agents among them. An access list
 * grants where nobody who reads IAM sees it.
 */
export const additiveIam: Rule = (stack) => [
  ...resourcesOf(stack)
    .filter(({ type }) => /_iam_(policy|binding)$/.test(type))
    .map(({ address }) => ({ address, message: 'takes away what others have granted: use the _iam_member resource' })),
  ...accessListsIn(stack).map((address) => ({
    address,
    message: 'grants by an access list: use the _iam_member resource',
  })),
];
