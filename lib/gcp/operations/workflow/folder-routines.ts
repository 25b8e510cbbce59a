import { apiCall } from '../../workflow/http-steps';
import { turnPage } from '../../workflow/page-steps';
import { objectsUrl } from '../../workflow/storage-urls';
import { expr, type Routine, type Value } from '../../workflow/syntax';

/** Folders of one page, and so how far two places are apart that a day may begin at. */
const PAGE = '50';
/** Steps that `places` takes for each of them. */
export const PLACE_STEPS = 9;

/** What to ask for a page of folders below a prefix that ends in `/`. Source: Cloud Storage JSON API, objects.list. */
export const foldersQuery = (prefix: string, offsets: Readonly<Record<string, Value>> = {}) => ({
  prefix: expr(prefix),
  delimiter: '/',
  maxResults: PAGE,
  fields: 'prefixes,nextPageToken',
  ...offsets,
});

/** Expression for the folders of a page. */
export const FOLDERS = 'default(map.get(page.body, "prefixes"), [])';

/**
 * `call: folders`, `args: { prefix }` gives all that is below a prefix as folders.
 *
 * `call: places`, `args: { prefix, to, most }` gives the first folder of each page of them before the name `to`, `most` at most.
 */
export const folderRoutines = (bucket: string) =>
  ({ folders: foldersRoutine(bucket), places: placesRoutine(bucket) }) satisfies Readonly<Record<string, Routine>>;

const listStep = (bucket: string) =>
  apiCall('list', { method: 'GET', url: objectsUrl(bucket), query: expr('query'), result: 'page' });

const foldersRoutine = (bucket: string): Routine => ({
  params: ['prefix'],
  steps: [
    { begin: { assign: [{ all: [] }, { query: foldersQuery('prefix') }] } },
    listStep(bucket),
    {
      each: {
        for: {
          value: 'folder',
          in: expr(FOLDERS),
          steps: [{ add: { assign: [{ all: expr('list.concat(all, folder)') }] } }],
        },
      },
    },
    ...turnPage({ return: expr('all') }),
  ],
});

const placesRoutine = (bucket: string): Routine => ({
  params: ['prefix', 'to', 'most'],
  steps: [
    { begin: { assign: [{ all: [] }, { query: foldersQuery('prefix', { endOffset: expr('to') }) }] } },
    listStep(bucket),
    { take: { assign: [{ folders: expr(FOLDERS) }] } },
    { has_any: { switch: [{ condition: expr('len(folders) == 0'), next: 'is_last' }] } },
    { add: { assign: [{ all: expr('list.concat(all, folders[0])') }] } },
    { is_enough: { switch: [{ condition: expr('len(all) >= most'), return: expr('all') }] } },
    ...turnPage({ return: expr('all') }),
  ],
});
