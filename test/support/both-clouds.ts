import { Workload as GcpWorkload } from '../../lib/gcp/access/workload';
import { AlertPolicy } from '../../lib/gcp/alerts/alert-policy';
import type { RegistryFacts } from '../../lib/gcp/model-registry/workflow/events-props';
import type { AccessEdge } from '../../lib/plan/access';
import type { PlatformSpec } from '../../lib/spec/platform';
import { exampleSpec, examplesOn } from './example-files';
import { synthPlatform } from './examples';
import { synthGcpPlatform } from './examples-gcp';
import { workloadPermissions } from './iam';
import { resourcesOf } from './terraform-stacks';

/** Examples that live on both clouds from one description. */
export const BOTH_CLOUDS = examplesOn('aws').filter(({ title }) =>
  examplesOn('gcp').some((example) => example.title === title),
);

export const specsOfBoth: readonly { readonly title: string; readonly spec: PlatformSpec }[] = BOTH_CLOUDS.map(
  (example) => ({ title: example.title, spec: exampleSpec(example) }),
);

/** What workloads were rendered with on each cloud: the edges of the access plan. */
export function renderedAccess(spec: PlatformSpec): Readonly<Record<'aws' | 'gcp', readonly AccessEdge[]>> {
  const { platform } = synthGcpPlatform(spec);
  const workloads = platform.node.findAll().filter((child): child is GcpWorkload => child instanceof GcpWorkload);
  return {
    aws: workloadPermissions(synthPlatform(spec)).flatMap(({ access }) => access),
    gcp: workloads.flatMap(({ access }) => access),
  };
}

/** Alert policies of Google Cloud. */
export const alertPolicies = (spec: PlatformSpec): readonly AlertPolicy[] =>
  synthGcpPlatform(spec)
    .platform.node.findAll()
    .filter((child): child is AlertPolicy => child instanceof AlertPolicy);

/** What the models of a platform say to those that hear of the registry on Google Cloud. */
export const registryFacts = (spec: PlatformSpec): readonly RegistryFacts[] =>
  synthGcpPlatform(spec)
    .stacks.flatMap(resourcesOf)
    .filter(({ type, body }) => type === 'google_storage_bucket_object' && String(body.name).startsWith('registry/'))
    .map(({ body }) => JSON.parse(String(body.content)) as RegistryFacts);
