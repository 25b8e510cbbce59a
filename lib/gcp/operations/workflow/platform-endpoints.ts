import { MODEL_TAG, PLATFORM_TAG } from '../../../plan/tags';
import { labelText } from '../../labels';
import { RULE_LABEL } from '../../serving-endpoint/endpoint-names';
import { vertexHost } from '../../serving-endpoint/workflow/rollout-props';
import { apiCall } from '../../workflow/http-steps';
import { turnPage } from '../../workflow/page-steps';
import { expr, quoted, type Routine } from '../../workflow/syntax';
import type { OperationsWorkflowProps } from './operations-props';

/** Endpoints of one page. A variable holds 512 KB at most, and an endpoint with what is deployed to it is some KB. */
const PAGE_SIZE = 50;

/**
 * Endpoints of the platform: a list of `{ name, endpoint, model, rule, serves }`. Whose an endpoint is its labels say. name: its
 * resource name; endpoint: its name in the plan, which people see; model: '' where no label says; rule: the
 * forwarding rule that leads there, '' where there is none; serves: whether
 * anything is deployed to it. In a workflow: `call: platform_endpoints`.
 * Source: Vertex AI API, projects.locations.endpoints.list.
 */
export function platformEndpointsRoutine({ target, platform }: OperationsWorkflowProps): Routine {
  const { project, region } = target;
  const labelOf = (key: string) => `default(map.get(labels, ${quoted(key)}), "")`;
  return {
    steps: [
      { begin: { assign: [{ found: [] }, { none: {} }, { query: { pageSize: String(PAGE_SIZE) } }] } },
      apiCall('list', {
        method: 'GET',
        url: `https://${vertexHost(target)}/v1/projects/${project}/locations/${region}/endpoints`,
        query: expr('query'),
        result: 'page',
      }),
      {
        each: {
          for: {
            value: 'one',
            in: expr('default(map.get(page.body, "endpoints"), [])'),
            steps: [
              { take_labels: { assign: [{ labels: expr('default(map.get(one, "labels"), none)') }] } },
              {
                is_ours: {
                  switch: [
                    {
                      condition: expr(`${labelOf(PLATFORM_TAG)} == ${quoted(labelText(platform))}`),
                      steps: [
                        {
                          take: {
                            assign: [
                              { entry: {} },
                              { 'entry.name': expr('one.name') },
                              { 'entry.endpoint': expr('default(map.get(one, "displayName"), one.name)') },
                              { 'entry.model': expr(labelOf(MODEL_TAG)) },
                              { 'entry.rule': expr(labelOf(RULE_LABEL)) },
                              { 'entry.serves': expr('len(default(map.get(one, "deployedModels"), [])) > 0') },
                              { found: expr('list.concat(found, entry)') },
                            ],
                          },
                        },
                      ],
                    },
                  ],
                },
              },
            ],
          },
        },
      },
      ...turnPage({ return: expr('found') }),
    ],
  };
}
