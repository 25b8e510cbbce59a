import type { PlatformSpec } from '../spec/platform';
import { planGcpAccess } from './gcp-access';
import type { PlatformNames } from './names';
import { startersOf } from './pipeline/gcp-pipeline-access';
import { planPipelines } from './pipeline/pipeline-plan';

/** How many service accounts a platform has on Google Cloud: one for each workload, and what starts runs is one or two. */
export function countAccounts(spec: PlatformSpec, names: PlatformNames): number {
  const workloads = new Set(planGcpAccess(spec, names).map(({ workload }) => workload));
  const starters = Object.values(planPipelines(spec.models, names)).map((plan) => startersOf(plan).length);
  return workloads.size + starters.filter((count) => count > 1).length;
}
