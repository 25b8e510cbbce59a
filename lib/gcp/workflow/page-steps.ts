import { expr, type Step, type Value } from './syntax';

/**
 * The last steps of a loop over the pages of a list: back to the step `list`, which asks for one with the map `query` and
 * puts the answer into `page`; from the last page to wherever that leads.
 * Source: Google API design guide, "List pagination".
 */
export const turnPage = (
  last: { readonly return: Value } | { readonly next: string },
  {
    is = 'is_last',
    turn = 'turn',
    list = 'list',
    query = 'query',
    page = 'page',
  }: { readonly [name in 'is' | 'turn' | 'list' | 'query' | 'page']?: string } = {},
): readonly Step[] => [
  { [is]: { switch: [{ condition: expr(`default(map.get(${page}.body, "nextPageToken"), "") == ""`), ...last }] } },
  { [turn]: { assign: [{ [`${query}.pageToken`]: expr(`${page}.body.nextPageToken`) }], next: list } },
];
