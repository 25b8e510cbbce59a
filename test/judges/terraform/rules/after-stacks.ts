import { resourcesOf } from '../../../support/terraform-stacks';
import { appliedBefore } from '../applied-before';
import { Names } from '../names';
import type { Rule } from '../rule';

/** A name of what another stack makes is only used by a stack that is applied after that one. */
export const afterStacks: Rule = (stack, { platform }) => {
  const before = appliedBefore(stack, platform);
  return platform.stacks
    .filter((other) => other !== stack && !before.includes(other))
    .flatMap((other) => {
      const names = new Names(other);
      return resourcesOf(stack).flatMap((resource) =>
        names.writtenBy(resource).map(({ path, names: named }) => ({
          address: resource.address,
          message: `${path} names ${named} of ${other.name}, a stack that this one does not wait for`,
        })),
      );
    });
};
