import type { AwsTarget } from './aws-target';
import type { GcpTarget } from './gcp-target';
import type { PlatformSpec } from './platform';
import { type Report, SpecError } from './problem';
import { problemWithoutPlace } from './text';

/** Clouds by the keys that say where an environment lives on them. */
export const CLOUDS = ['aws', 'gcp'] as const;
export type Cloud = (typeof CLOUDS)[number];

/** What each cloud is called. */
export const CLOUD_NAMES: Readonly<Record<Cloud, string>> = { aws: 'AWS', gcp: 'Google Cloud' };

const EXAMPLES: Readonly<Record<Cloud, string>> = {
  aws: 'aws: { region: eu-central-1 }',
  gcp: 'gcp: { project: my-project, projectNumber: 123456789012, region: europe-west4 }',
};

interface Targets {
  readonly aws: AwsTarget;
  readonly gcp: GcpTarget;
}

/** A spec that says where it lives on a cloud. */
export type SpecOn<C extends Cloud> = PlatformSpec & Readonly<Pick<Targets, C>>;

/** Clouds that a spec says where it lives on. */
export const cloudsOf = (spec: Pick<PlatformSpec, Cloud>): readonly Cloud[] =>
  CLOUDS.filter((cloud) => spec[cloud] !== undefined);

/** A platform has to live somewhere. */
export function livesSomewhere(spec: PlatformSpec, report: Report): void {
  if (cloudsOf(spec).length > 0) return;
  report({
    path: [],
    at: 'missing',
    message: `says nothing of where the platform lives: ${CLOUDS.join(' or ')} is missing`,
    received: 'nothing',
    allowed: `${CLOUDS.join(', ')} or both`,
    fix: `for example ${EXAMPLES.aws}`,
  });
}

/**
 * The spec as one that lives on a cloud.
 * @throws SpecError if it does not say where.
 */
export function specOn<C extends Cloud>(cloud: C, spec: PlatformSpec): SpecOn<C> {
  if (spec[cloud] !== undefined) return spec as SpecOn<C>;
  const where = spec.environment === undefined ? '' : `environments.${spec.environment} or `;
  throw new SpecError([
    problemWithoutPlace({
      path: [cloud],
      at: 'missing',
      message: `says nothing of where the platform lives on ${CLOUD_NAMES[cloud]}`,
      received: 'nothing',
      allowed: EXAMPLES[cloud],
      fix: `add ${cloud} to ${where}the spec`,
    }),
  ]);
}
