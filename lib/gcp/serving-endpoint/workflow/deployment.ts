import { shortHash } from '../../../plan/names';
import { VERSION_NUMBER } from '../../../plan/version-number';
import { expr } from '../../workflow/syntax';

/** What a version runs on, whichever it is. Nothing of it may be a token. */
export interface HostingSettings {
  readonly machineSpec: {
    readonly machineType: string;
    readonly acceleratorType?: string;
    readonly acceleratorCount?: number;
  };
  readonly replicas: { readonly min: number; readonly max: number };
  /** Requests a minute that one machine takes before another is added. */
  readonly requestsPerReplica: number;
  /**
   * E-mail of the identity that containers run as. Default: an account of Vertex AI's, which reads the artifacts that
   * AIP_STORAGE_URI says, and nothing of the project. Source: Vertex AI documentation, "Use a custom service account", default
   * access; discovery document of aiplatform.v1, DeployedModel.
   */
  readonly serviceAccount?: string;
  /**
   * Percent of the requests that are recorded. The endpoint says so, but what serves takes it over only when it is deployed.
   * Source: Vertex AI documentation, "Use online inference logging".
   */
  readonly capture?: { readonly sampling: number };
}

/**
 * Metric of scaling; its target is requests a minute and machine. Source: gcloud reference, `ai endpoints deploy-model`,
 * --autoscaling-metric-specs (`request-counts-per-minute`), and AutoscalingMetricSpec of the API.
 */
const REQUESTS = 'aiplatform.googleapis.com/prediction/online/request_count';

const resources = ({ machineSpec, replicas, requestsPerReplica }: HostingSettings) => ({
  machineSpec,
  minReplicaCount: replicas.min,
  maxReplicaCount: replicas.max,
  autoscalingMetricSpecs: [{ metricName: REQUESTS, target: requestsPerReplica }],
});

/**
 * DeployedModel of the API, given the variables `id`, `name`, `version` and `fleet` of a workflow. It has as many machines
 * as have the traffic now, unless the spec does not allow so many, or so few, until `release_fleet`.
 */
export const deployedModel = (settings: HostingSettings, modelId: string) => ({
  id: expr('id'),
  displayName: expr('name'),
  model: expr(`"${modelId}@" + version`),
  ...(settings.serviceAccount === undefined ? {} : { serviceAccount: settings.serviceAccount }),
  dedicatedResources: {
    ...resources(settings),
    minReplicaCount: expr(`math.max(${settings.replicas.min}, math.min(${settings.replicas.max}, fleet))`),
  },
});

const settingsHash = (settings: HostingSettings): string =>
  shortHash(
    JSON.stringify({ ...resources(settings), serviceAccount: settings.serviceAccount, capture: settings.capture }),
  );

/**
 * Expression for the name of a version on these settings, given the variable it is in: `<endpoint>-<version>-<hash>`. No two
 * settings share one, so what has it is just what is wanted.
 */
export const servedName = (endpoint: string, settings: HostingSettings, version = 'version'): string =>
  `"${endpoint}-" + ${version} + "-${settingsHash(settings)}"`;

/** Pattern of those names. What a person deployed by hand is called otherwise, and left alone. */
export const servedPattern = (endpoint: string): string => `^${endpoint}-${VERSION_NUMBER}-[0-9a-f]{8}$`;

/** Digits of the id of what is deployed, after the number of its version. */
export const ID_DIGITS = 5;
const ID_ROOM = 10 ** ID_DIGITS;

/**
 * Expression for the id of what a decision deploys, given `version` and `request`: the version and ID_DIGITS of the time
 * of the decision and of the settings, ten digits at most. The same decision finds what it deployed before it crashed;
 * another decision for the same version gets an id that was never used.
 */
export function deployedId(settings: HostingSettings): string {
  const number = Number.parseInt(settingsHash(settings), 16) % ID_ROOM;
  return `version + text.substring(string(${ID_ROOM} + (int(request.millis / 1000) + ${number}) % ${ID_ROOM}), 1, ${ID_DIGITS + 1})`;
}
