import { DRIFT_CHECKS } from '../spec/drift-checks';
import { loadEverySpec, loadSpec, type SpecInput } from '../spec/load';
import { PIPELINE_CHECKS } from '../spec/pipeline-checks';
import { type PlatformSpec, platformSchema } from '../spec/platform';
import { QUALITY_CHECKS } from '../spec/quality-checks';
import { REFERENCE_CHECKS, type SpecCheck } from '../spec/references';
import { SERVING_CHECKS } from '../spec/serving-checks';
import { CLOUD_NEEDS_CHECKS } from './cloud-needs';
import { distinctSignals } from './distinct-signals';
import { AWS_DRIFT_CHECKS } from './drift/aws-drift-checks';
import { GCP_DRIFT_CHECKS } from './drift/gcp-drift-checks';
import { FEASIBILITY_CHECKS } from './feasibility';
import { GCP_FEASIBILITY_CHECKS } from './gcp-feasibility';
import { GCP_LAKE_CHECKS } from './gcp-lake-checks';
import { OBJECT_GRANTS_CHECKS } from './object-grants-checks';
import { unsupportedOptions } from './parity/parity-checks';
import { AWS_PIPELINE_CHECKS } from './pipeline/aws-pipeline-checks';
import { SERVING_FEASIBILITY_CHECKS } from './serving-feasibility';

/** Everything that holds between parts of a spec, on any cloud and on the one that it lives on. */
export const PLATFORM_CHECKS: readonly SpecCheck[] = [
  ...REFERENCE_CHECKS,
  ...SERVING_CHECKS,
  ...PIPELINE_CHECKS,
  ...DRIFT_CHECKS,
  ...QUALITY_CHECKS,
  ...FEASIBILITY_CHECKS,
  ...AWS_PIPELINE_CHECKS,
  ...AWS_DRIFT_CHECKS,
  ...SERVING_FEASIBILITY_CHECKS,
  ...CLOUD_NEEDS_CHECKS,
  distinctSignals,
  ...GCP_FEASIBILITY_CHECKS,
  ...GCP_LAKE_CHECKS,
  ...OBJECT_GRANTS_CHECKS,
  ...GCP_DRIFT_CHECKS,
  unsupportedOptions,
];

const RULES = { schema: platformSchema, checks: PLATFORM_CHECKS };

/**
 * Reads a platform spec, lays one of its environments over it, completes it with defaults and checks that the cloud has
 * what it asks for.
 *
 * @param input - the path of a file, a `file:` URL, a text (anything with a line feed in it, or that starts with `{`), or
 *   data
 * @param options.environment - name of the environment; without one the spec has to be complete by itself
 * @returns the spec, frozen through and through
 * @throws SpecError with every problem at once; UnreadableSpecError if the file cannot be read
 */
export function loadPlatformSpec(input: SpecInput, options: { readonly environment?: string } = {}): PlatformSpec {
  return loadSpec(input, RULES, options.environment);
}

/**
 * Reads a platform spec and checks every environment of it.
 *
 * @returns the spec of each environment by name; of the base, under the name undefined, if there are no environments
 * @throws SpecError with every problem of the base and of all environments at once
 */
export function loadEveryEnvironment(input: SpecInput): ReadonlyMap<string | undefined, PlatformSpec> {
  return loadEverySpec(input, RULES);
}
