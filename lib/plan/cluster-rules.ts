import type { Finding } from '../spec/problem';
import type { TrainingClusterSpec } from '../spec/training';
import type { MachineType } from './machines/machines';

/** What the services of a cloud refuse of a cluster, given its machine if there is one. Paths begin at the cluster. */
export type ClusterRule = (cluster: TrainingClusterSpec, machine: MachineType | undefined) => readonly Finding[];

/** Source: AWS Batch user guide, "Compute environment considerations for MNP": none on Spot Instances. */
const oneSpotNode: ClusterRule = ({ kind, nodes, capacity }) =>
  kind === 'batch' && nodes > 1 && capacity === 'spot'
    ? [
        {
          path: ['capacity'],
          message: 'a queue runs no training of several nodes on spot machines',
          received: `spot, nodes: ${nodes}`,
          allowed: 'capacity: on-demand with several nodes; capacity: spot with nodes: 1',
          fix: 'write capacity: on-demand, or kind: managed, which has spot for several nodes',
        },
      ]
    : [];

const DAY = 86_400;

/**
 * Days after which Google's Batch fails a job that still runs, and one on an A3 machine that it buys on demand, be that
 * only when spot machines are short. Source: Batch, "Quotas and limits", as read in 2026-11.
 */
const BATCH_LONGEST_DAYS = { any: 14, a3OnDemand: 7 } as const;

/** The same, for people. */
export const BATCH_LONGEST = `${BATCH_LONGEST_DAYS.any} days, ${BATCH_LONGEST_DAYS.a3OnDemand} on A3 machines that can be had on demand`;

const batchRunTime: ClusterRule = ({ kind, maxRuntime: { seconds } }, machine) => {
  if (kind !== 'batch') return [];
  const a3 = machine?.name.startsWith('a3-') === true && machine.buying.includes('on-demand');
  const days = a3 ? BATCH_LONGEST_DAYS.a3OnDemand : BATCH_LONGEST_DAYS.any;
  if (seconds <= days * DAY) return [];
  return [
    {
      path: ['maxRuntime'],
      message: `Google's Batch stops a job after ${days} days${a3 ? ` on ${machine.name}` : ''}`,
      allowed: `1 minute to ${days} days for kind: batch`,
      fix: `write maxRuntime: ${days} days and continue from checkpoints, or kind: managed`,
    },
  ];
};

export const AWS_CLUSTER_RULES: readonly ClusterRule[] = [oneSpotNode];

/** Several spot nodes are none of them: no page of Batch or Vertex AI refuses those. */
export const GCP_CLUSTER_RULES: readonly ClusterRule[] = [batchRunTime];
