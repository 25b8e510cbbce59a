import { Lazy, TagManager } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Tags of a construct and some more, as AWS APIs take them. Budgets and whoever cleans up find by them what is made at run
 * time.
 */
export function tagsLike(construct: IConstruct, own: Readonly<Record<string, string>>): unknown {
  return Lazy.any({
    produce: () => {
      const tagged = construct.node.defaultChild ?? construct;
      const tags: Record<string, string> = TagManager.of(tagged)?.tagValues() ?? {};
      return Object.entries({ ...tags, ...own }).map(([Key, Value]) => ({ Key, Value }));
    },
  });
}
