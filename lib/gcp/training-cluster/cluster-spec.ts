import type { Construct } from 'constructs';
import type { z } from 'zod';
import { GCP_CLUSTER_RULES } from '../../plan/cluster-rules';
import { gcpMachines } from '../../plan/machines/gcp-machines';
import { planTrainingCluster, type TrainingClusterPlan } from '../../plan/training-cluster';
import { explain } from '../../spec/explain';
import { ONCE } from '../../spec/once';
import { type Finding, SpecError } from '../../spec/problem';
import { problemWithoutPlace } from '../../spec/text';
import { type TrainingClusterSpec, training } from '../../spec/training';
import type { Target } from '../target';
import { knownRegion } from '../tokens';

/** A cluster as a spec has it: `{ kind: 'batch', accelerator: { type: 'l4' }, maxRuntime: '12 hours' }`. */
export type TrainingClusterInput = z.input<typeof training>['cluster'];

/**
 * Completes a cluster and decides what it runs on in the region.
 * @throws SpecError with everything that is wrong with the cluster, and what could be had instead.
 */
export function planCluster(
  scope: Construct,
  cluster: TrainingClusterInput | TrainingClusterSpec,
  target: Pick<Target, 'region'>,
): TrainingClusterPlan {
  const region = knownRegion(scope, target);
  const choice = planTrainingCluster(gcpMachines, parsed(scope, cluster), region, GCP_CLUSTER_RULES);
  if (choice.ok) return choice.plan;
  throw wrong(scope, choice.findings);
}

function parsed(scope: Construct, cluster: TrainingClusterInput | TrainingClusterSpec): TrainingClusterSpec {
  if (isParsed(cluster)) return cluster;
  const result = training.shape.cluster.safeParse(cluster, ONCE);
  if (result.success) return result.data;
  throw wrong(scope, explain(result.error.issues, training.shape.cluster, cluster));
}

/** A duration is text as long as nothing parsed it. */
const isParsed = (cluster: TrainingClusterInput | TrainingClusterSpec): cluster is TrainingClusterSpec =>
  typeof cluster.maxRuntime === 'object' && typeof cluster.disk === 'object';

const wrong = (scope: Construct, findings: readonly Finding[]): SpecError =>
  new SpecError(
    findings.map((finding) => ({
      ...problemWithoutPlace({ ...finding, path: ['cluster', ...finding.path] }),
      file: scope.node.path,
    })),
  );
