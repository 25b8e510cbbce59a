import type { z } from 'zod';
import { show } from './problem';

/**
 * A list that names each thing once.
 *
 * @param what - what an item is, for example `address`
 * @param same - what two items have in common when they are the same thing; the item itself unless said
 */
export function uniqueItems<T extends z.ZodType>(
  list: z.ZodArray<T>,
  what: string,
  same: (item: z.output<T>) => unknown = (item) => item,
): z.ZodArray<T> {
  return list
    .superRefine((items, context) => {
      const keys = items.map(same);
      for (const [i, key] of keys.entries())
        if (keys.indexOf(key) < i)
          context.addIssue({
            code: 'custom',
            path: [i],
            message: `names ${what} ${show(items[i])} twice`,
            params: { allowed: `each ${what} once`, fix: 'remove this one' },
          });
    })
    .meta({ uniqueItems: true });
}
