import { VARIANT } from '../../plan/rollout';
import { VERSION_NUMBER } from '../../plan/version-number';
import { GUARDS, type Guard } from '../../spec/serving';

/**
 * What is between the name of an endpoint and the rest of the names of what a machine makes for it at run time. Names of
 * models begin with one another, as `risk` and `risk-eu` do, but no name of an endpoint has two hyphens in a row, so a
 * permission on `<endpoint>--*` is on nothing of another endpoint. Somebody else may use such names all the same: whose
 * something is its tag says (ENDPOINT_TAG of the plan).
 */
const BETWEEN = '--';

/** Start of all these names. */
export const ownStart = (endpoint: string): string => `${endpoint}${BETWEEN}`;

/**
 * Pattern of the names of models and endpoint configurations of an endpoint, `<endpoint>--<version>-<hash>`. A model and
 * its configuration have one name. The hash stands for all settings, so a name never means two things.
 */
export const servedPattern = (endpoint: string): RegExp =>
  new RegExp(`^${ownStart(endpoint)}${VERSION_NUMBER}-[0-9a-f]{8}$`);

/** What ends the name of a guard: `<model or configuration>-<guard>`. */
export const guardSuffix = (guard: Guard): string => `-${guard}`;

/** Ends of the names of all guards that there may be, also those that the spec does not name any more. */
export const GUARD_SUFFIXES: readonly string[] = GUARDS.map(guardSuffix);

/** Name of the alarm that is armed once a first version serves. */
export const noTrafficAlarm = (endpoint: string): string => `${ownStart(endpoint)}no-traffic`;

/** What Application Auto Scaling calls the machines of an endpoint. */
export const SCALABLE_DIMENSION = 'sagemaker:variant:DesiredInstanceCount';
export const scalableResource = (endpoint: string): string => `endpoint/${endpoint}/variant/${VARIANT}`;

/** Name of the policy that scales them. */
export const SCALING_POLICY = 'requests-per-replica';

/** Log group of an endpoint. The service chooses its name. Source: SageMaker developer guide, "CloudWatch Logs". */
export const endpointLogGroup = (endpoint: string): string => `/aws/sagemaker/Endpoints/${endpoint}`;
