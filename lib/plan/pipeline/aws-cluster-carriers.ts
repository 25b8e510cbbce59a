import type { StepPlaces } from './step-arguments';

/**
 * Containers that carry files beside a training on the cluster: to its node, away while it runs, and away at its end. Each
 * reserves a CPU of the node, as AWS Batch has no less. Source: AWS Batch API reference, ResourceRequirement, for EC2.
 */
export const CARRIERS = ['fetch', 'checkpoints', 'store'] as const;
export type Carrier = (typeof CARRIERS)[number];

/** Those of a node: the main one of several alone stores. */
export const carriersOf = (main: boolean): readonly Carrier[] => CARRIERS.filter((name) => main || name !== 'store');

/** Environment of these containers: which addresses their files are at in S3, as JSON. */
export const PLACES_VARIABLE = 'MLOPS_PLACES';

/** What the containers of a step share on a node. */
export const CLUSTER_FOLDER = '/mlops';

/** Where the container of a step finds its files; the program `lib/jobs/cluster-step` puts them there. */
export const CLUSTER_PLACES: StepPlaces = {
  input: (name) => `${CLUSTER_FOLDER}/input/${name}`,
  output: (name) => `${CLUSTER_FOLDER}/output/${name}`,
  metrics: '',
  checkpoints: `${CLUSTER_FOLDER}/checkpoints`,
};
