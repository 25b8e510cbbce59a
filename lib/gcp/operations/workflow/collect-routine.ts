import { WITHDRAWN } from '../../../plan/pipeline/snapshot-collection';
import { MANIFEST } from '../../training-pipeline/workflow/freeze-routine';
import { apiCall } from '../../workflow/http-steps';
import { turnPage } from '../../workflow/page-steps';
import { asPart, objectsUrl, uploadsUrl } from '../../workflow/storage-urls';
import { expr, quoted, type Routine, type Step } from '../../workflow/syntax';

/** Objects of one page. A variable holds 512 KB at most. */
const PAGE_SIZE = '500';

/**
 * Takes a snapshot that no version names one step further: `call: collect`, `args: { folder, before }` with a folder that ends in
 * `/` and a time in seconds: nothing younger is touched. Gives `withdrawn`, `deleted` or `''`. What crashes in between is found
 * by the next execution as it is.
 *
 * - With an old manifest: a mark takes its place.
 * - Without either, as while it is frozen for the first time, or where that was given up: a mark joins what there is.
 * - With an old mark alone: its files go, and the mark at last. Files that are young are those of somebody who freezes it anew
 *   right now.
 *
 * `call: folders`, `args: { prefix }` gives what is below a prefix as folders.
 * Source: Cloud Storage JSON API, objects.list (prefix, delimiter), objects.insert, objects.delete.
 */
export const collectRoutines = (bucket: string) =>
  ({ collect: collectRoutine(bucket), folders: foldersRoutine(bucket) }) satisfies Readonly<Record<string, Routine>>;

function collectRoutine(bucket: string): Routine {
  const objects = objectsUrl(bucket);
  const remove = (name: string, object: string, next?: string): Step =>
    apiCall(name, {
      method: 'DELETE',
      url: expr(`${quoted(`${objects}/`)} + ${asPart(object)}`),
      accept: [404],
      ...(next === undefined ? {} : { next }),
    });
  const writtenAt = 'time.parse(file.timeCreated)';
  return {
    params: ['folder', 'before'],
    steps: [
      {
        begin: {
          assign: [
            { manifest: expr(`folder + ${quoted(MANIFEST)}`) },
            { mark: expr(`folder + ${quoted(WITHDRAWN)}`) },
            { manifestAt: 0 },
            { markAt: 0 },
          ],
        },
      },
      apiCall('look', {
        method: 'GET',
        url: objects,
        query: { prefix: expr('folder'), delimiter: '/', fields: 'items(name,timeCreated)' },
        result: 'found',
      }),
      {
        each_found: {
          for: {
            value: 'file',
            in: expr('default(map.get(found.body, "items"), [])'),
            steps: [
              {
                which: {
                  switch: [
                    {
                      condition: expr('file.name == manifest'),
                      steps: [{ take_manifest: { assign: [{ manifestAt: expr(writtenAt) }] } }],
                    },
                    {
                      condition: expr('file.name == mark'),
                      steps: [{ take_mark: { assign: [{ markAt: expr(writtenAt) }] } }],
                    },
                  ],
                },
              },
            ],
          },
        },
      },
      {
        is_due: {
          switch: [
            { condition: expr('manifestAt >= before'), return: '' },
            { condition: expr('manifestAt > 0 or markAt == 0'), next: 'put_mark' },
            { condition: expr('markAt >= before'), return: '' },
          ],
          next: 'take_query',
        },
      },
      apiCall('put_mark', {
        method: 'POST',
        url: uploadsUrl(bucket),
        query: { uploadType: 'media', name: expr('mark') },
        body: {},
      }),
      { is_listed: { switch: [{ condition: expr('manifestAt == 0'), return: '' }] } },
      remove('withdraw', 'manifest'),
      { give_withdrawn: { return: 'withdrawn' } },
      {
        take_query: {
          assign: [
            {
              query: {
                prefix: expr('folder'),
                maxResults: PAGE_SIZE,
                fields: 'items(name,timeCreated),nextPageToken',
              },
            },
          ],
        },
      },
      apiCall('list', { method: 'GET', url: objects, query: expr('query'), result: 'page' }),
      {
        each_file: {
          for: {
            value: 'file',
            in: expr('default(map.get(page.body, "items"), [])'),
            steps: [
              {
                is_old: {
                  switch: [{ condition: expr(`file.name == mark or ${writtenAt} >= before`), next: 'continue' }],
                },
              },
              remove('delete_file', 'file.name'),
            ],
          },
        },
      },
      ...turnPage({ next: 'unmark' }),
      remove('unmark', 'mark'),
      { give_deleted: { return: 'deleted' } },
    ],
  };
}

function foldersRoutine(bucket: string): Routine {
  return {
    params: ['prefix'],
    steps: [
      {
        begin: {
          assign: [
            { all: [] },
            {
              query: {
                prefix: expr('prefix'),
                delimiter: '/',
                maxResults: PAGE_SIZE,
                fields: 'prefixes,nextPageToken',
              },
            },
          ],
        },
      },
      apiCall('list', {
        method: 'GET',
        url: objectsUrl(bucket),
        query: expr('query'),
        result: 'page',
      }),
      {
        each: {
          for: {
            value: 'folder',
            in: expr('default(map.get(page.body, "prefixes"), [])'),
            steps: [{ add: { assign: [{ all: expr('list.concat(all, folder)') }] } }],
          },
        },
      },
      ...turnPage({ return: expr('all') }),
    ],
  };
}
