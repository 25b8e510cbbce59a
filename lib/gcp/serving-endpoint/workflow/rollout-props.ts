import type { AnnouncedOutcome } from '../../../plan/outcome-signals';
import type { RolloutPlan } from '../../../plan/rollout';
import type { MetricSignal } from '../../../plan/serving-signals';
import type { Signal } from '../../../plan/signals';
import type { Target } from '../../target';
import type { HostingSettings } from './deployment';

/** What the workflow that decides which version an endpoint serves needs to know. Nothing of it may be a token. */
export interface RolloutWorkflowProps {
  readonly target: Target;
  /** What alerts come from, as their readers call it: `fraud-prod`. */
  readonly platform: string;
  readonly model: string;
  /** Name of the endpoint in the plan, its display name. */
  readonly endpoint: string;
  /** `projects/P/locations/R/endpoints/N`. */
  readonly endpointId: string;
  /** `projects/P/locations/R/models/M`, whose versions are `…@<number>`. */
  readonly modelId: string;
  /** Paths of the records of records.ts. */
  readonly championPath: string;
  readonly factsPath: string;
  /** The lock of this endpoint. */
  readonly lock: string;
  readonly settings: HostingSettings;
  readonly rollout: RolloutPlan;
  /** What takes a rollout back. */
  readonly guards: readonly MetricSignal[];
  readonly outcomes: Readonly<Record<AnnouncedOutcome, Signal>>;
  /** The address that clients in the network reach the endpoint at; none where it is public. */
  readonly privateAddress?: PrivateAddress;
}

export interface PrivateAddress {
  /** Name of the forwarding rule that leads from the address to the endpoint. */
  readonly rule: string;
  /** `projects/P/regions/R/addresses/N`. */
  readonly address: string;
  /** `projects/P/global/networks/N`. */
  readonly network: string;
}

/** Seconds between two looks at the guards while a step bakes, and at an operation that is on its way. */
export const POLL_SECONDS = 60;

/** Polls of one rollout at most, so that its steps stay below the 100,000 that an execution may take. */
const MAX_POLLS = 240;

/** Seconds between two looks at the guards: a minute, and more where a rollout bakes for more than four hours. */
export function bakePollSeconds({ steps }: RolloutPlan): number {
  const longest = steps.reduce((sum, { waitSeconds }) => sum + waitSeconds, 0);
  return POLL_SECONDS * Math.max(1, Math.ceil(longest / (MAX_POLLS * POLL_SECONDS)));
}

/** How long an operation of an endpoint may take: machines that start and load the model, twice over. */
export const OPERATION_SECONDS = 7200;

/**
 * Seconds until a measurement can be seen, by the metrics list of Cloud Monitoring ("aiplatform"): 360 of endpoints that
 * are reached privately; the plan allows for 120, and a step bakes for longer by what is missing.
 */
export const PRIVATE_METRIC_DELAY = 360;

/** Host of Vertex AI in the region of the endpoint. */
export const vertexHost = ({ region }: Pick<Target, 'region'>): string => `${region}-aiplatform.googleapis.com`;
