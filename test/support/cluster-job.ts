import { type ClusterJobProps, clusterJob } from '../../lib/aws/training-pipeline/cluster/cluster-job';
import { awsMachines } from '../../lib/plan/machines/aws-machines';
import { isClusterStep } from '../../lib/plan/pipeline/step-plan';
import { planTrainingCluster } from '../../lib/plan/training-cluster';
import { loadedPipeline, ON_CLUSTER, plannedPipeline, WITH_CLUSTER } from './pipeline-spec';

/** Clusters of every kind of node. */
export const CLUSTERS = [
  { accelerator: { type: 'l4' } },
  { machine: 'medium' },
  { accelerator: { type: 'a100-80', count: 8 }, nodes: 2 },
  { machine: 'large', nodes: 3 },
] as const;

const [step] = plannedPipeline(ON_CLUSTER, WITH_CLUSTER).steps.filter(isClusterStep);
if (step === undefined) throw new Error('the step was lost');

/** The job definition of the step of ON_CLUSTER, or one that is otherwise, on a cluster, and the machine that each node is. */
export function jobOn(cluster: object, otherwise: Partial<ClusterJobProps> = {}) {
  const { region = 'eu-central-1' } = otherwise;
  const there = { gcp: undefined, aws: { region } };
  const { training } = loadedPipeline(ON_CLUSTER, { ...there, training: { cluster: { kind: 'batch', ...cluster } } });
  if (training === undefined || step === undefined) throw new Error('the cluster was lost');
  const choice = planTrainingCluster(awsMachines, training.cluster, region);
  if (!choice.ok) throw new Error('no such cluster');
  return {
    machine: choice.plan.purchases[0].machines[0],
    job: clusterJob({
      step,
      cluster: choice.plan,
      image: 'fraud:1',
      carrier: { imageUri: 'carrier:1', codeUri: 's3://code/hash.zip' },
      jobRoleArn: 'steps',
      executionRoleArn: 'launcher',
      logGroupName: '/logs',
      region: 'us-east-1',
      ...otherwise,
    }),
  };
}
