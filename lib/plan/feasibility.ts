import type { SpecCheck } from '../spec/references';
import { datasetSizes } from './dataset-size';
import { awsMachines } from './machines/aws-machines';
import { stepMachinesExist } from './pipeline/step-machine';
import { regionGaps } from './region-gaps';
import { planTrainingCluster } from './training-cluster';

const trainingCluster: SpecCheck = (spec, report) => {
  if (spec.training === undefined || spec.aws === undefined) return;
  const choice = planTrainingCluster(awsMachines, spec.training.cluster, spec.aws.region);
  if (choice.ok) return;
  for (const finding of choice.findings) report({ ...finding, path: ['training', 'cluster', ...finding.path] });
};

/**
 * Rules that come from what the clouds have: machines by region and role, what services refuse to combine, and how much
 * they hold.
 */
export const FEASIBILITY_CHECKS: readonly SpecCheck[] = [
  trainingCluster,
  stepMachinesExist(awsMachines, 'aws'),
  regionGaps,
  datasetSizes,
];
