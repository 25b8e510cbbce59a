import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { turnPage } from '../../workflow/page-steps';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import type { OperationsWorkflowProps } from './operations-props';

/**
 * A page of models, or of versions of one, of which the API gives what is used alone: all variables have 512 KB together, and
 * the description of a version is some KB.
 */
const page = (readMask: string) => ({ pageSize: '50', readMask });

/**
 * Every snapshot that a registered version of the platform names, also one of a model that left the spec: a map with an entry
 * `<dataset>/<id>` for each. Whatever cannot be read raises, so that nobody goes on with a part of the names. A version without
 * a lineage, as one that was registered by hand, names none.
 * In a workflow: `call: named_snapshots`. Source: Vertex AI API, projects.locations.models.list and listVersions.
 */
export function namedRoutine({ target, platform }: OperationsWorkflowProps): Routine {
  const { project, region } = target;
  const host = `https://${vertexHost(target)}/v1`;
  return {
    steps: [
      { begin: { assign: [{ named: {} }, { none: {} }, { query: page('name') }] } },
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
              // The name of a model may say which version is shown of it.
              { take_name: { assign: [{ parts: expr('text.split(model.name, "@")') }, { name: expr('parts[0]') }] } },
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
              { first_versions: { assign: [{ versionsQuery: page('versionDescription') }] } },
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
                    steps: [
                      {
                        read: {
                          call: 'lineage_of',
                          args: { said: expr('default(map.get(version, "versionDescription"), "")') },
                          result: 'lineage',
                        },
                      },
                      { take_made: { assign: [{ made: expr('default(map.get(lineage, "snapshots"), none)') }] } },
                      {
                        has_made: { switch: [{ condition: expr('get_type(made) != "map"'), next: 'continue' }] },
                      },
                      {
                        each_dataset: {
                          for: {
                            value: 'dataset',
                            in: expr('keys(made)'),
                            steps: [
                              {
                                take: {
                                  assign: [{ key: expr('dataset + "/" + made[dataset]') }, { 'named[key]': true }],
                                },
                              },
                            ],
                          },
                        },
                      },
                    ],
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
      ...turnPage({ return: expr('named') }),
    ],
  };
}
