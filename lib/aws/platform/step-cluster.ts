import type { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import type { PlanOn } from '../../plan/platform-plan';
import type { ModelRegistry } from '../model-registry/model-registry';
import { planCluster } from '../training-cluster/cluster-spec';
import type { StepCluster } from '../training-pipeline/cluster/cluster-steps';
import type { Foundation } from './foundation';
import { published } from './published';

/** Where the queue of a batch cluster is published. */
export const TRAINING_QUEUE = ['training', 'queue'] as const;

/** Log group of the cluster's trainings. */
export const trainingLogGroup = ({ slug }: PlatformNames): string => `/mlops/${slug}/training`;

/**
 * The platform's batch cluster as the stack of a model sees it that has steps on it: what it is made of from the spec, its
 * queue as it is published.
 *
 * @throws Error where the platform has none, which a loaded spec does not ask for.
 */
export function stepCluster(
  scope: Construct,
  { spec, names }: PlanOn<'aws'>,
  foundation: Foundation,
  { deadLetterQueue }: Pick<ModelRegistry, 'deadLetterQueue'>,
): StepCluster {
  const cluster = spec.training?.cluster;
  if (cluster?.kind !== 'batch')
    throw new Error(`${scope.node.path}: a step runs on a batch cluster, and there is none.`);
  return {
    plan: planCluster(scope, cluster),
    queueArn: published(scope, names, ...TRAINING_QUEUE),
    logGroupName: trainingLogGroup(names),
    names,
    locks: foundation.locks,
    alerts: foundation.alerts,
    deadLetterQueue,
  };
}
