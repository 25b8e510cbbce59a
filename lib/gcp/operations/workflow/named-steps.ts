import { NO_ROOM_TO_COLLECT } from '../../../plan/pipeline/snapshot-collection';
import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { turnPage } from '../../workflow/page-steps';
import { expr, quoted, type Step } from '../../workflow/syntax';
import type { OperationsWorkflowProps } from './operations-props';

/**
 * Steps of an execution that are shared out. It has 100,000, and a call that is tried again takes some more. Source: Workflows
 * documentation, "Quotas and limits".
 */
export const ROOM = 90_000;
/** What a model takes of it, what one of this platform takes more, and a version with its part of a page, beside its names. */
const MODEL_STEPS = 3;
const OUR_MODEL_STEPS = 9;
const VERSION_STEPS = 10;

/** Characters that the names may take. All variables have 512 KB together, and one text has 256 KB of them. Source: ibid. */
export const NAMES_ROOM = 250_000;
/**
 * Of an id the last characters alone are kept: it is a time, of which they are some days. Where two of a dataset share them,
 * the unnamed one stays: it costs a folder.
 */
const TAIL = 9;

/**
 * So many of one page, of which the API gives what is used alone: the description of a version is some KB, and while a page
 * is handed on it is there more than once.
 */
const MODELS = { pageSize: '50', readMask: 'name' };
const VERSIONS = { pageSize: '20', readMask: 'versionDescription' };

/**
 * Steps that look up every snapshot that a registered version of the platform names, also one of a model that left the spec:
 * the variable `named` gets a map of dataset to text, as `/123456789/123456790/`, which `isNamed` reads. Whatever cannot be read
 * raises, so that nobody goes on with a part of the names. A version without a lineage, as one that was registered by hand, names
 * none. The variable `room` gets how many steps are left. Both are variables of whoever has these steps, as a routine would hold
 * all names a second time while it hands them on.
 *
 * Some 8,000 versions, or 3,000 that name twenty snapshots each, leave no steps, and some 25,000 snapshots that they name no
 * room for another: NO_ROOM_TO_COLLECT is raised. Source: Vertex AI API, projects.locations.models.list and listVersions.
 */
export function namedSteps({ target, platform }: OperationsWorkflowProps): readonly Step[] {
  const { project, region } = target;
  const host = `https://${vertexHost(target)}/v1`;
  return [
    { names_begin: { assign: [{ named: {} }, { size: 0 }, { room: ROOM }, { none: {} }, { query: MODELS }] } },
    apiCall('list', {
      method: 'GET',
      url: `${host}/projects/${project}/locations/${region}/models`,
      query: expr('query'),
      result: 'page',
    }),
    {
      each_model: {
        for: {
          value: 'model',
          in: expr('default(map.get(page.body, "models"), [])'),
          steps: [
            {
              take_name: {
                assign: [
                  // The name of a model may say which version is shown of it.
                  { parts: expr('text.split(model.name, "@")') },
                  { name: expr('parts[0]') },
                  { room: expr(`room - ${MODEL_STEPS}`) },
                ],
              },
            },
            {
              is_ours: {
                switch: [
                  {
                    condition: expr(`not(text.match_regex(name, ${quoted(`/models/${platform}-[^/]*$`)}))`),
                    next: 'continue',
                  },
                ],
              },
            },
            {
              first_versions: { assign: [{ versionsQuery: VERSIONS }, { room: expr(`room - ${OUR_MODEL_STEPS}`) }] },
            },
            apiCall('list_versions', {
              method: 'GET',
              url: expr(`"${host}/" + name + ":listVersions"`),
              query: expr('versionsQuery'),
              result: 'versions',
            }),
            {
              each_version: {
                for: {
                  value: 'version',
                  in: expr('default(map.get(versions.body, "models"), [])'),
                  steps: versionSteps,
                },
              },
            },
            ...turnPage(
              { next: 'continue' },
              {
                is: 'is_last_version',
                turn: 'turn_versions',
                list: 'list_versions',
                query: 'versionsQuery',
                page: 'versions',
              },
            ),
          ],
        },
      },
    },
    ...turnPage({ next: 'names_done' }),
    { names_done: { switch: noRoom } },
  ];
}

/** Expression for whether a version names a snapshot of a dataset, of which `folder` ends in `<id>/` after so many characters. */
export const isNamed = (dataset: string, folder: string, before: string): string =>
  knows(dataset, `text.substring(${folder}, int(math.max(${before}, len(${folder}) - ${TAIL + 1})), len(${folder}))`);

/** Expression for whether the names of a dataset have this tail. */
const knows = (dataset: string, tail: string): string =>
  `len(text.find_all(default(map.get(named, ${dataset}), ""), "/" + ${tail})) > 0`;

const noRoom = [{ condition: expr(`room <= 0 or size > ${NAMES_ROOM}`), raise: NO_ROOM_TO_COLLECT }];

/** With what the version `version` names. */
const versionSteps: readonly Step[] = [
  {
    read: {
      call: 'lineage_of',
      args: { said: expr('default(map.get(version, "versionDescription"), "")') },
      result: 'lineage',
    },
  },
  {
    take_made: {
      assign: [
        { made: expr('default(map.get(lineage, "snapshots"), none)') },
        { room: expr(`room - ${VERSION_STEPS}`) },
      ],
    },
  },
  { has_made: { switch: [...noRoom, { condition: expr('get_type(made) != "map"'), next: 'continue' }] } },
  {
    each_named: {
      for: {
        value: 'dataset',
        in: expr('keys(made)'),
        steps: [
          {
            take_named: {
              assign: [
                { id: expr('made[dataset]') },
                { tail: expr(`text.substring(id, int(math.max(0, len(id) - ${TAIL})), len(id)) + "/"`) },
                { more: expr(`if(${knows('dataset', 'tail')}, "", tail)`) },
                { 'named[dataset]': expr('default(map.get(named, dataset), "/") + more') },
                { size: expr('size + len(more)') },
                { room: expr('room - 1') },
              ],
            },
          },
        ],
      },
    },
  },
];
