import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { z } from 'zod';
import { awsMachines } from '../../plan/machines/aws-machines';
import { planTrainingCluster, type TrainingClusterPlan } from '../../plan/training-cluster';
import { type TrainingClusterSpec, training } from '../../spec/training';
import { parseProps, wrongProps } from '../props';

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
    isParsed(cluster) ? cluster : parseProps(scope, training.shape.cluster, cluster, ['cluster']),
    Token.isUnresolved(region) ? undefined : region,
  );
  if (choice.ok) return choice.plan;
  throw wrongProps(scope, choice.findings, ['cluster']);
}

/** A duration is text as long as nothing parsed it. */
const isParsed = (cluster: TrainingClusterInput | TrainingClusterSpec): cluster is TrainingClusterSpec =>
  typeof cluster.maxRuntime === 'object' && typeof cluster.disk === 'object';
