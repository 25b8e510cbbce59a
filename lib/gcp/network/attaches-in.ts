import { attachedJobs } from '../../plan/attached-jobs';
import { networkOn } from '../../plan/network-on';
import type { PlanOn } from '../../plan/platform-plan';

/** Project of the attachment of somebody else's network by which jobs of the platform are in it, where some are. */
export function attachesIn(spec: PlanOn<'gcp'>['spec']): string | undefined {
  const network = networkOn('gcp', spec.network);
  if (network.mode !== 'existing' || network.gcp.attachment === undefined) return undefined;
  return attachedJobs(spec).length === 0 ? undefined : (network.gcp.hostProject ?? spec.gcp.project);
}
