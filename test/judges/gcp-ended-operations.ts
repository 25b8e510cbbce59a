import type { Json } from '../support/workflows-judge';

/** Operations of an endpoint that ended long ago, as the fake Google keeps them: as many as fill a page of a list. */
export function endedOperations(endpointId: string): Json {
  const of = `projects/123456789012/locations/europe-west4/endpoints/${endpointId}`;
  const at = '2025-12-01T00:00:00Z';
  const ended = {
    ...{ of, kind: 'undeploy', effect: {}, began: at, until: at, done: true },
    result: { response: { '@type': 'type.googleapis.com/google.cloud.aiplatform.v1.UndeployModelResponse' } },
  };
  return Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${of}/operations/${5000 + index}`, ended]));
}
