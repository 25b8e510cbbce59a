import { eachStep } from '../../spec/each-pipeline';
import type { SpecCheck } from '../../spec/references';
import { AWS_JOB_IMAGE_REGIONS, awsJobImageAccount } from '../job-images';
import { awsMachines } from '../machines/aws-machines';
import { planTrainingCluster } from '../training-cluster';
import { CARRIERS } from './aws-cluster-carriers';

/** Files are carried by the platform's own program, on an image that AWS provides. */
export const clusterHasCarrier: SpecCheck = ({ aws, models }, report) => {
  if (aws === undefined || awsJobImageAccount(aws.region) !== undefined) return;
  const { region } = aws;
  eachStep(models, ({ kind }, path) => {
    if (kind !== 'cluster-training') return;
    report({
      path,
      at: 'key',
      message: `${region} has no image that files of a step are carried on (SageMaker's scikit-learn)`,
      received: region,
      allowed: AWS_JOB_IMAGE_REGIONS.join(', '),
      fix: 'write kind: training, or keep the model in another region',
    });
  });
};

/** CPUs that a node has at least: one for each container of a step. */
const FEWEST_CPUS = CARRIERS.length + 1;

/** The same, for people. */
export const NODE_LIMIT = `nodes of ${FEWEST_CPUS} CPUs or more`;

/** A node of the cluster has a CPU for each container of a step. */
export const clusterHoldsSteps: SpecCheck = ({ aws, models, training }, report) => {
  if (aws === undefined || training?.cluster.kind !== 'batch') return;
  const choice = planTrainingCluster(awsMachines, training.cluster, aws.region);
  if (!choice.ok) return;
  const [{ name: machine, vcpu }] = choice.plan.purchases[0].machines;
  if (vcpu >= FEWEST_CPUS) return;
  eachStep(models, ({ kind }, path) => {
    if (kind !== 'cluster-training') return;
    report({
      path: [...path, 'kind'],
      message: 'does not fit on a node of the batch cluster beside what carries its files',
      received: `cluster-training, where a node is one ${machine} with ${vcpu} CPUs`,
      allowed: `on AWS: ${NODE_LIMIT}`,
      fix: 'write training: { cluster: { machine: medium } }, or name an accelerator there',
    });
  });
};
