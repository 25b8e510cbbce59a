import { type PlatformNames, shortNumber } from '../../plan/names';
import type { Target } from '../target';

/**
 * Label of a private endpoint with the name of the forwarding rule that leads to it: whoever empties the endpoint deletes
 * that too, also when the facts of the shell are gone.
 */
export const RULE_LABEL = 'mlops-forwarding-rule';

/** Names of the endpoint of a model and of what belongs to it. All are computed: nobody looks anything up. */
export interface EndpointNames {
  /** Number that the endpoint is called by in Vertex AI, ten digits. */
  readonly endpointName: string;
  /** `projects/P/locations/R/endpoints/N`. */
  readonly endpointId: string;
  /** Name in the plan, its display name. */
  readonly displayName: string;
  /** The workflow that decides which version serves. */
  readonly workflowName: string;
  /** `projects/P/locations/R/workflows/W`. */
  readonly workflowId: string;
  /** The address that clients in the network reach it at, and the rule that leads from there; also where it is public. */
  readonly addressName: string;
  readonly forwardingRuleName: string;
}

/**
 * Names of the endpoint of a model.
 * Source: google provider, google_vertex_ai_endpoint, `name`: a number of ten digits at most without leading zeros.
 */
export function endpointNames(
  { project, region }: Pick<Target, 'project' | 'region'>,
  names: PlatformNames,
  model: string,
): EndpointNames {
  const at = `projects/${project}/locations/${region}`;
  const endpointName = shortNumber(`${names.slug}/${model}`);
  const workflowName = names.of('compute', 'rollout', model);
  const addressName = names.of('compute', 'serving', model);
  return {
    endpointName,
    endpointId: `${at}/endpoints/${endpointName}`,
    displayName: names.of('endpoint', model),
    workflowName,
    workflowId: `${at}/workflows/${workflowName}`,
    addressName,
    forwardingRuleName: addressName,
  };
}
