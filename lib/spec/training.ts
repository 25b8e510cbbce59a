import { z } from 'zod';
import { accelerator } from './accelerator';
import { datasetName } from './identifiers';
import { MACHINE_SIZES } from './machine-keys';
import { duration, size } from './quantity';

/** Machine of a cluster without accelerators. */
export const DEFAULT_MACHINE = 'medium';
/** A training that runs longer is stopped. */
export const DEFAULT_MAX_RUNTIME = '1 day';
/** Disk of one node. */
export const DEFAULT_DISK = '100 GiB';
/** Attempts of a job whose machine was taken away. */
export const DEFAULT_ATTEMPTS = 3;

const common = {
  accelerator: accelerator('node'),
  machine: z.enum(MACHINE_SIZES).default(DEFAULT_MACHINE).describe('Size of a node that has no accelerator.'),
  nodes: z.int().min(1).max(100).default(1).describe('Nodes that one training may use.'),
  capacity: z
    .enum(['on-demand', 'spot'])
    .default('on-demand')
    .describe('How machines are bought. Spot costs less and may be taken away: write checkpoints.'),
  maxRuntime: duration({ min: '1 minute', max: '28 days' })
    .prefault(DEFAULT_MAX_RUNTIME)
    .describe('Longest run of one training.'),
  disk: size({ min: '30 GiB', max: '16 TiB' })
    .prefault(DEFAULT_DISK)
    .describe('Disk of one node, where storage is not local.'),
};

const managed = z.strictObject({
  kind: z.literal('managed').describe("The cloud's managed training service; nothing runs while nothing trains."),
  ...common,
});

const batch = z.strictObject({
  kind: z.literal('batch').describe('A queue with its own machines, from zero to as many as maxNodes.'),
  ...common,
  maxNodes: z
    .int()
    .min(1)
    .max(1000)
    .default(4)
    .describe(
      'Machines that may run at once. With capacity spot it holds for each way of buying, spot and on-demand, so up to twice as many may run.',
    ),
  attempts: z
    .int()
    .min(1)
    .max(10)
    .default(DEFAULT_ATTEMPTS)
    .describe('Attempts of a job whose machine was taken away.'),
});

export const training = z
  .strictObject({
    cluster: z.discriminatedUnion('kind', [managed, batch]).describe('What trainings run on.'),
    reads: z.array(datasetName).default([]).describe('Datasets that trainings may read.'),
  })
  .describe('Training: the cluster and what it may read.');

export type TrainingSpec = z.output<typeof training>;
export type TrainingClusterSpec = TrainingSpec['cluster'];
export type ManagedClusterSpec = z.output<typeof managed>;
export type BatchClusterSpec = z.output<typeof batch>;
