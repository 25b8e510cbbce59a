import { eachEntry } from '../spec/each-entry';
import type { SpecCheck } from '../spec/references';
import type { ServableModel } from '../spec/serving-checks';
import { GCP_CLUSTER_RULES } from './cluster-rules';
import { gcpRegionGaps } from './gcp-region-gaps';
import { machineFinding } from './machine-finding';
import { gcpMachines } from './machines/gcp-machines';
import { documentFits } from './pipeline/gcp-document-size';
import { schedulesFit } from './pipeline/gcp-schedules';
import { stepsEnd } from './pipeline/gcp-step-checks';
import { stepMachinesExist } from './pipeline/step-machine';
import { servingMachine } from './serving-feasibility';
import { planTrainingCluster } from './training-cluster';
import { VERTEX_ACCOUNT_CHECKS } from './vertex-accounts';

const trainingCluster: SpecCheck = ({ training, gcp }, report) => {
  if (training === undefined || gcp === undefined) return;
  const choice = planTrainingCluster(gcpMachines, training.cluster, gcp.region, GCP_CLUSTER_RULES);
  if (choice.ok) return;
  for (const finding of choice.findings) report({ ...finding, path: ['training', 'cluster', ...finding.path] });
};

const servingMachines: SpecCheck = (
  { models, gcp }: { models: Readonly<Record<string, ServableModel>>; gcp?: { region: string } | undefined },
  report,
) => {
  if (gcp === undefined) return;
  eachEntry(models, ({ serving }, name) => {
    if (serving === undefined) return;
    const choice = servingMachine(gcpMachines, serving, gcp.region);
    const { accelerator, machine: size } = serving;
    if (!choice.ok) report(machineFinding(['models', name, 'serving'], { accelerator, size }, choice));
  });
};

/** Rules that come from what Google Cloud has: machines and services by region, and what its services refuse to combine. */
export const GCP_FEASIBILITY_CHECKS: readonly SpecCheck[] = [
  trainingCluster,
  servingMachines,
  stepMachinesExist(gcpMachines, 'gcp'),
  stepsEnd,
  gcpRegionGaps,
  documentFits,
  schedulesFit,
  ...VERTEX_ACCOUNT_CHECKS,
];
