import { dependencies } from '../../../support/terraform-expressions';
import { resourcesOf } from '../../../support/terraform-stacks';
import { Names } from '../names';
import type { Rule } from '../rule';

/** A name from the plan makes no order as a reference does: who writes a resource down waits for it by `depends_on`. */
export const afterNames: Rule = (stack) => {
  const names = new Names(stack);
  const before = dependencies(stack);
  return resourcesOf(stack).flatMap((resource) =>
    names
      .writtenBy(resource)
      .filter(({ names: named }) => !before.get(resource.address)?.has(named))
      // a grant on a bucket may name the account that the bucket waits for
      .filter(({ names: named }) => !before.get(named)?.has(resource.address))
      .map(({ path, names: named }) => ({
        address: resource.address,
        message: `${path} names ${named}, which it does not wait for`,
      })),
  );
};
