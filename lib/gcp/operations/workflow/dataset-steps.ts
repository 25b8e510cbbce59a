import { apiCall } from '../../workflow/http-steps';
import { turnPage } from '../../workflow/page-steps';
import { objectsUrl } from '../../workflow/storage-urls';
import { expr, type Step } from '../../workflow/syntax';
import { FOLDERS, foldersQuery, PLACE_STEPS } from './folder-routines';
import { isNamed } from './named-steps';

/** What a dataset takes of the room at least. */
export const DATASET_STEPS = 100;
/** What a page of its snapshots takes beside a step of each. */
const PAGE_STEPS = 8;

/**
 * Steps that take old snapshots of a dataset which no version names one step further, one after the other, as long as
 * steps of its share are left. An id is a time that its snapshot is no older than, and so ids before `oldBefore` alone
 * are looked at. The day begins at a place of its own among them, so that those which wait for their time are in
 * nobody's way for long.
 *
 * Variables given: datasets, and of each dataset its folder and its place `at` among them; named; oldBefore, an id;
 * place, from 0 to 1; before, in seconds; room, steps; counts. Within: until, so many are left to the other datasets.
 *
 * @param root - prefix of the folders of all datasets
 */
export const datasetSteps = (bucket: string, root: string): readonly Step[] => [
  {
    take_share: {
      assign: [
        { name: expr(`text.substring(dataset, ${root.length}, len(dataset) - 1)`) },
        { end: expr('dataset + oldBefore') },
        { until: expr('room - room // (len(datasets) - at)') },
      ],
    },
  },
  {
    find_places: {
      call: 'places',
      args: {
        prefix: expr('dataset'),
        to: expr('end'),
        most: expr(`(room - until) // ${2 * PLACE_STEPS}`),
      },
      result: 'places',
    },
  },
  { count_places: { assign: [{ room: expr(`room - ${PLACE_STEPS} * (2 + len(places))`) }] } },
  { has_places: { switch: [{ condition: expr('len(places) == 0'), next: 'continue' }] } },
  {
    take_place: { assign: [{ first: expr('int(math.floor(place * len(places)))') }, { start: expr('places[first]') }] },
  },
  {
    take_parts: {
      assign: [
        {
          parts: [
            { from: expr('start'), to: expr('end') },
            { from: expr('dataset'), to: expr('start') },
          ],
        },
      ],
    },
  },
  { each_part: { for: { value: 'part', in: expr('parts'), steps: partSteps(bucket) } } },
  {
    is_later: {
      switch: [
        {
          condition: expr('room <= until'),
          steps: [{ count_later: { assign: [{ 'counts.later': expr('counts.later + 1') }] } }],
        },
      ],
    },
  },
];

/** Goes through the snapshots of a part, `from` a name `to` another. */
const partSteps = (bucket: string): readonly Step[] => [
  {
    take_query: {
      assign: [
        {
          snapshotsQuery: foldersQuery('dataset', { startOffset: expr('part.from'), endOffset: expr('part.to') }),
        },
      ],
    },
  },
  apiCall('list_snapshots', {
    method: 'GET',
    url: objectsUrl(bucket),
    query: expr('snapshotsQuery'),
    result: 'page',
  }),
  { take_folders: { assign: [{ folders: expr(FOLDERS) }, { room: expr(`room - ${PAGE_STEPS} - len(folders)`) }] } },
  {
    each_snapshot: {
      for: {
        value: 'folder',
        in: expr('folders'),
        steps: [
          {
            is_due: {
              switch: [
                { condition: expr('room <= until'), next: 'break' },
                { condition: expr(isNamed('name', 'folder', 'len(dataset)')), next: 'continue' },
              ],
            },
          },
          {
            take_step: {
              call: 'collect',
              args: { folder: expr('folder'), before: expr('before'), room: expr('room - until') },
              result: 'done',
            },
          },
          {
            count: {
              assign: [{ room: expr('until + done.room') }, { 'counts[done.did]': expr('counts[done.did] + 1') }],
            },
          },
        ],
      },
    },
  },
  { has_room: { switch: [{ condition: expr('room <= until'), next: 'continue' }] } },
  ...turnPage(
    { next: 'continue' },
    { is: 'is_last_snapshot', turn: 'turn_snapshots', list: 'list_snapshots', query: 'snapshotsQuery' },
  ),
];
