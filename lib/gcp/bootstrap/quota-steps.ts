import type { BootstrapStep } from '../../plan/bootstrap-step';
import { GCP_CLUSTER_RULES } from '../../plan/cluster-rules';
import { countAccounts } from '../../plan/gcp-accounts';
import { jobsAtATime } from '../../plan/jobs-at-a-time';
import { gcpMachines } from '../../plan/machines/gcp-machines';
import type { PlanOn } from '../../plan/platform-plan';
import { mostNeeded, needed } from '../../plan/quota-needs';
import { servingMachine } from '../../plan/serving-feasibility';
import { planTrainingCluster } from '../../plan/training-cluster';
import { computeQuotas, type Quota, vertexQuotas } from './gpu-quotas';

/**
 * Service accounts that a new project takes, and how many of them are left to whatever else is in it.
 * Source: IAM documentation, "Quotas and limits".
 */
const ACCOUNTS = { most: 100, left: 20 };

/**
 * The quotas that a platform counts against, each once: those of its machines with what is needed at a time, and that of
 * service accounts where it needs most of them.
 */
export function quotaSteps(plan: PlanOn<'gcp'>): readonly BootstrapStep[] {
  const { spec, names } = plan;
  const { project } = spec.gcp;
  const quotas = needed([...training(spec), ...jobs(plan), ...serving(spec)], keyOf);
  const accounts = countAccounts(spec, names);
  return [
    ...quotas.map((quota) => machineStep(project, quota)),
    ...(accounts > ACCOUNTS.most - ACCOUNTS.left ? [accountStep(project, accounts)] : []),
  ];
}

const keyOf = ({ service, metric, family }: Quota): string => [service, metric, family].join('/');

type Spec = PlanOn<'gcp'>['spec'];

/** With spot capacity a batch cluster falls back on machines on demand, which count against quotas of their own. */
function training({ training: trained, gcp: { region } }: Spec): readonly Quota[] {
  const cluster = trained?.cluster;
  if (cluster === undefined) return [];
  const choice = planTrainingCluster(gcpMachines, cluster, region, GCP_CLUSTER_RULES);
  if (!choice.ok) return [];
  return choice.plan.purchases.flatMap(({ capacity, machines: [machine] }) =>
    cluster.kind === 'managed'
      ? vertexQuotas(machine, 'training', cluster.nodes, capacity, region)
      : computeQuotas(machine, cluster.maxNodes, capacity, region),
  );
}

/** Jobs of pipelines and of drift watches are custom jobs, which Vertex AI counts as trainings. */
function jobs(plan: PlanOn<'gcp'>): readonly Quota[] {
  const { region } = plan.spec.gcp;
  return jobsAtATime(plan, gcpMachines, region).flatMap((sets) =>
    mostNeeded(
      sets.map((set) =>
        set.flatMap(({ machine, machines, capacity }) => vertexQuotas(machine, 'training', machines, capacity, region)),
      ),
      keyOf,
    ),
  );
}

/** A rollout runs the new machines beside the old ones, so an endpoint needs twice its most replicas. */
function serving({ models, gcp: { region } }: Spec): readonly Quota[] {
  return Object.values(models).flatMap(({ serving: served }) => {
    if (served === undefined) return [];
    const choice = servingMachine(gcpMachines, served, region);
    return choice.ok ? vertexQuotas(choice.machine, 'hosting', 2 * served.replicas.max, 'on-demand', region) : [];
  });
}

const accountStep = (project: string, accounts: number): BootstrapStep => ({
  title: `Check the quota of service accounts: at least ${accounts}`,
  why: `A new project takes ${ACCOUNTS.most}, and whatever else is in it needs some too. A request for more is made on the page of quotas in the console.`,
  commands: quotaCommands(project, 'iam', 'service-account-count'),
});

function machineStep(project: string, { service, metric, region, unit, family, needed }: Quota): BootstrapStep {
  const where = region === undefined ? 'over all regions' : `in ${region}`;
  const of = family === undefined ? '' : ` of ${family}`;
  return {
    title: `Check the quota ${metric}${of} ${where}: at least ${needed} ${unit}`,
    why: 'New projects often have 0 GPUs. A request for more takes from minutes to days, on the page of quotas in the console.',
    commands: quotaCommands(project, service, metric.toLowerCase()),
  };
}

const quotaCommands = (project: string, service: Quota['service'] | 'iam', metric: string): readonly string[] => [
  `gcloud alpha services quota list --service=${service}.googleapis.com --consumer=projects/${project} --filter="metric:${metric}"`,
  `# https://console.cloud.google.com/iam-admin/quotas?project=${project}`,
];
