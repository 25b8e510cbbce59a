import { VARIANT } from '../../plan/rollout';
import { GUARDS, type Guard } from '../../spec/serving';

/**
 * Names of what a machine makes for an endpoint at run time. All begin with the name of the endpoint; but so may those of
 * another endpoint, so whose something is its tag says (ENDPOINT_TAG of the plan).
 */

/**
 * Pattern of the names of models and endpoint configurations of an endpoint, `<endpoint>-<version>-<hash>`. A model and
 * its configuration have one name. The hash stands for all settings, so a name never means two things.
 */
export const servedPattern = (endpoint: string): RegExp => new RegExp(`^${endpoint}-[0-9]{1,6}-[0-9a-f]{8}$`);

/** What ends the name of a guard: `<model or configuration>-<guard>`. */
export const guardSuffix = (guard: Guard): string => `-${guard}`;

/** Ends of the names of all guards that there may be, also those that the spec does not name any more. */
export const GUARD_SUFFIXES: readonly string[] = GUARDS.map(guardSuffix);

/** Name of the alarm that is armed once a first version serves. */
export const noTrafficAlarm = (endpoint: string): string => `${endpoint}-no-traffic`;

/** What Application Auto Scaling calls the machines of an endpoint. */
export const SCALABLE_DIMENSION = 'sagemaker:variant:DesiredInstanceCount';
export const scalableResource = (endpoint: string): string => `endpoint/${endpoint}/variant/${VARIANT}`;

/** Name of the policy that scales them. */
export const SCALING_POLICY = 'requests-per-replica';

/** Log group of an endpoint. The service chooses its name. Source: SageMaker developer guide, "CloudWatch Logs". */
export const endpointLogGroup = (endpoint: string): string => `/aws/sagemaker/Endpoints/${endpoint}`;
