import { WITHDRAWN } from '../../../plan/pipeline/snapshot-collection';
import { MANIFEST } from '../../../plan/pipeline/snapshot-manifest';
import { apiCall } from '../../workflow/http-steps';
import { turnPage } from '../../workflow/page-steps';
import { asPart, objectsUrl, uploadsUrl } from '../../workflow/storage-urls';
import { expr, quoted, type Routine, type Step } from '../../workflow/syntax';

/** Files of one page: so many are deleted before it is looked whether steps are left. */
const PAGE_SIZE = '100';

/** Steps that it takes to look at a snapshot, to withdraw it, for a page of its files, for each of them, and to end. */
const LOOK_STEPS = 13;
const CHANGE_STEPS = 8;
const PAGE_STEPS = 8;
const FILE_STEPS = 4;

/**
 * Takes a snapshot that no version names one step further: `call: collect`, `args: { folder, before, room }` with a folder that
 * ends in `/`, a time in seconds: nothing younger is touched, and how many steps of the execution there are. Gives
 * `{ did, room }`: `withdrawn`, `deleted`, or `left` as it is or with files, and the steps that remain, which may be a page of
 * files fewer than none. What crashes in between, or is left with files, is found by the next execution as it is.
 *
 * - With an old manifest: a mark takes its place.
 * - Without either, as while it is frozen for the first time, or where that was given up: a mark joins what there is.
 * - With an old mark alone: its files go, and the mark at last. Files that are young are those of somebody who freezes it anew
 *   right now.
 *
 * Source: Cloud Storage JSON API, objects.list (prefix, delimiter), objects.insert, objects.delete.
 */
export function collectRoutine(bucket: string): Routine {
  const objects = objectsUrl(bucket);
  const remove = (name: string, object: string, next?: string): Step =>
    apiCall(name, {
      method: 'DELETE',
      url: expr(`${quoted(`${objects}/`)} + ${asPart(object)}`),
      accept: [404],
      ...(next === undefined ? {} : { next }),
    });
  const writtenAt = 'time.parse(file.timeCreated)';
  const give = (did: 'withdrawn' | 'deleted' | 'left', steps = 0) => ({ did, room: expr(`room - ${steps}`) });
  return {
    params: ['folder', 'before', 'room'],
    steps: [
      {
        begin: {
          assign: [
            { manifest: expr(`folder + ${quoted(MANIFEST)}`) },
            { mark: expr(`folder + ${quoted(WITHDRAWN)}`) },
            { manifestAt: 0 },
            { markAt: 0 },
            { room: expr(`room - ${LOOK_STEPS}`) },
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
            { condition: expr('manifestAt >= before'), return: give('left') },
            { condition: expr('manifestAt > 0 or markAt == 0'), next: 'put_mark' },
            { condition: expr('markAt >= before'), return: give('left') },
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
      { is_listed: { switch: [{ condition: expr('manifestAt == 0'), return: give('left', CHANGE_STEPS) }] } },
      remove('withdraw', 'manifest'),
      { give_withdrawn: { return: give('withdrawn', CHANGE_STEPS) } },
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
      { has_room: { switch: [{ condition: expr('room <= 0'), return: give('left') }] } },
      apiCall('list', { method: 'GET', url: objects, query: expr('query'), result: 'page' }),
      {
        take_files: {
          assign: [
            { files: expr('default(map.get(page.body, "items"), [])') },
            { room: expr(`room - ${PAGE_STEPS} - ${FILE_STEPS} * len(files)`) },
          ],
        },
      },
      {
        each_file: {
          for: {
            value: 'file',
            in: expr('files'),
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
      ...turnPage({ next: 'unmark' }, { list: 'has_room' }),
      remove('unmark', 'mark'),
      { give_deleted: { return: give('deleted', CHANGE_STEPS) } },
    ],
  };
}
