import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { z } from 'zod';
import { awsMachines } from '../../plan/machines/aws-machines';
import { planTrainingCluster, type TrainingClusterPlan } from '../../plan/training-cluster';
import { explain } from '../../spec/explain';
import { type Finding, SpecError } from '../../spec/problem';
import { problemWithoutPlace } from '../../spec/text';
import { type TrainingClusterSpec, training } from '../../spec/training';

/** A cluster as a spec has it: `{ kind: 'batch', accelerator: { type: 'l4' }, maxRuntime: '12 hours' }`. */
export type TrainingClusterInput = z.input<typeof training>['cluster'];

/**
 * Completes a cluster and decides what it runs on in the region of a stack.
 * @throws SpecError with everything that is wrong with the cluster, and what could be had instead.
 */
export function planCluster(
  scope: Construct,
  cluster: TrainingClusterInput | TrainingClusterSpec,
): TrainingClusterPlan {
  const { region } = Stack.of(scope);
  const choice = planTrainingCluster(
    awsMachines,
    isParsed(cluster) ? cluster : parsed(scope, cluster),
    Token.isUnresolved(region) ? undefined : region,
  );
  if (choice.ok) return choice.plan;
  throw new SpecError(choice.findings.map((finding) => problem(scope, finding)));
}

/** A duration is text as long as nothing parsed it. */
const isParsed = (cluster: TrainingClusterInput | TrainingClusterSpec): cluster is TrainingClusterSpec =>
  typeof cluster.maxRuntime === 'object' && typeof cluster.disk === 'object';

function parsed(scope: Construct, cluster: TrainingClusterInput): TrainingClusterSpec {
  const schema = training.shape.cluster;
  const result = schema.safeParse(cluster);
  if (result.success) return result.data;
  throw new SpecError(explain(result.error.issues, schema, cluster).map((finding) => problem(scope, finding)));
}

const problem = (scope: Construct, finding: Finding) => ({
  ...problemWithoutPlace({ ...finding, path: ['cluster', ...finding.path] }),
  file: scope.node.path,
});
