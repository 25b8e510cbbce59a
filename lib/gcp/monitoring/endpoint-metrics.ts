import { type Labels, selector } from './promql';

/** Resource type of the metrics of endpoints. */
const ENDPOINT = 'aiplatform.googleapis.com/Endpoint';

/**
 * Metrics of endpoints below `aiplatform.googleapis.com/prediction/online/` that are used here.
 *
 * response_count: requests by the class of their answer, `response_code` of `1xx` to `5xx`. prediction_latencies:
 * milliseconds, `latency_type` of `model`, `overhead`, `total`. cpu/utilization: 1 is one whole CPU, so it goes up to the
 * number of CPUs. memory/bytes_used: bytes. accelerator/duty_cycle: share of the time that the accelerators worked, up to
 * 1. accelerator/memory/bytes_used: bytes. replicas: machines. All have `deployed_model_id`, which is one version.
 *
 * prediction_count is none of them: it counts instances, of which one request may have many. Of endpoints that are reached
 * privately there are the same below `private/`, with the code as a number and of the model's own latency alone; the list
 * does not say which of the two an endpoint with Private Service Connect fills.
 *
 * Sources: Google Cloud metrics list, "aiplatform"; Vertex AI documentation, "View endpoint metrics" (100% is one CPU;
 * predictions per second counts instances).
 */
export type EndpointMetric =
  | 'accelerator/duty_cycle'
  | 'accelerator/memory/bytes_used'
  | 'cpu/utilization'
  | 'memory/bytes_used'
  | 'prediction_latencies'
  | 'private/prediction_latencies'
  | 'private/response_count'
  | 'replicas'
  | 'response_count';

/**
 * Seconds until a value can be seen. The list says 360 of the load of machines and of private endpoints, 120 of replicas; of
 * requests it says nothing, and guards allow for as much as this.
 */
export const VISIBLE_AFTER: Readonly<Record<EndpointMetric, number>> = {
  'accelerator/duty_cycle': 360,
  'accelerator/memory/bytes_used': 360,
  'cpu/utilization': 360,
  'memory/bytes_used': 360,
  prediction_latencies: 120,
  'private/prediction_latencies': 360,
  'private/response_count': 360,
  replicas: 120,
  response_count: 120,
};

/** Answers that the model failed to give. */
export const FAILED: Labels = { response_code: { matches: '5..' } };
/** Answers to requests that were wrong. */
export const REFUSED: Labels = { response_code: { matches: '4..' } };

/**
 * A metric of an endpoint by its official name, in PromQL.
 *
 * @param endpointName - number of the endpoint
 * @param suffix - `_bucket`, `_sum` or `_count` of a distribution
 */
export const endpointMetric = (
  metric: EndpointMetric,
  endpointName: string,
  labels: Labels = {},
  suffix: '' | '_bucket' | '_count' | '_sum' = '',
): string =>
  selector(
    `aiplatform.googleapis.com/prediction/online/${metric}`,
    ENDPOINT,
    { endpoint_id: endpointName, ...labels },
    suffix,
  );
