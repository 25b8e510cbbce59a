import type { BootstrapStep } from '../../plan/bootstrap-step';
import { type JobMachines, jobsAtATime } from '../../plan/jobs-at-a-time';
import { awsMachines } from '../../plan/machines/aws-machines';
import type { PlanOn } from '../../plan/platform-plan';
import { mostNeeded, needed } from '../../plan/quota-needs';
import { servingMachine } from '../../plan/serving-feasibility';
import { planTrainingCluster, type TrainingClusterPlan } from '../../plan/training-cluster';
import { ec2Quota } from './ec2-quotas';
import { endpointQuotas, jobQuotas, keyOf, type Quota, trainingQuotas } from './sagemaker-quotas';

/** The quotas that the machines of a platform count against, each once with what is needed of it at a time. */
export function quotaSteps(plan: PlanOn<'aws'>): readonly BootstrapStep[] {
  const managed = managedTrainings(plan);
  const jobs = jobsAtATime(plan, awsMachines, plan.spec.aws.region);
  const atATime = [
    ...managed.flatMap(jobQuotas),
    ...queue(plan),
    ...jobs.flatMap((sets) =>
      mostNeeded(
        sets.map((set) => set.flatMap(jobQuotas)),
        keyOf,
      ),
    ),
    ...serving(plan),
  ];
  return [...needed(atATime, keyOf), ...trainingQuotas([...managed, ...jobs.flat(2)])].map((quota) =>
    step(plan.spec.aws.region, quota),
  );
}

function clusterPlan({ spec }: PlanOn<'aws'>): TrainingClusterPlan | undefined {
  const cluster = spec.training?.cluster;
  const choice = cluster && planTrainingCluster(awsMachines, cluster, spec.aws.region);
  return choice?.ok ? choice.plan : undefined;
}

/** The training of a managed cluster, by how its machines are bought. */
function managedTrainings(plan: PlanOn<'aws'>): readonly JobMachines[] {
  const cluster = clusterPlan(plan);
  if (cluster?.kind !== 'managed') return [];
  const { purchases, nodes, maxRuntimeSeconds } = cluster;
  return purchases.map(({ capacity, machines: [machine] }) => ({
    machine,
    role: 'training',
    capacity,
    machines: nodes,
    maxRuntimeSeconds,
  }));
}

/** With spot capacity a queue falls back on machines on demand, which count against a quota of their own. */
function queue(plan: PlanOn<'aws'>): readonly Quota[] {
  const cluster = plan.spec.training?.cluster;
  if (cluster?.kind !== 'batch') return [];
  return (clusterPlan(plan)?.purchases ?? []).map(({ capacity, machines: [machine] }) => ({
    service: 'ec2',
    name: ec2Quota(machine.name, capacity),
    needed: cluster.maxNodes * machine.vcpu,
    unit: 'vCPUs',
  }));
}

/** A rollout runs the new machines beside the old ones, so an endpoint needs twice its most replicas. */
function serving({ spec }: PlanOn<'aws'>): readonly Quota[] {
  return Object.values(spec.models).flatMap(({ serving }) => {
    if (serving === undefined) return [];
    const choice = servingMachine(awsMachines, serving, spec.aws.region);
    return choice.ok ? endpointQuotas(choice.machine, 2 * serving.replicas.max) : [];
  });
}

function step(region: string, { service, name, needed, unit }: Quota): BootstrapStep {
  const aws = (command: string) => `aws service-quotas ${command} --region ${region} --service-code ${service}`;
  return {
    title: `Check the quota "${name}": at least ${needed} ${unit}`,
    why: 'New accounts often have less, of many machines none. A request for more takes from minutes to days; its code stands in the answer.',
    commands: [
      `${aws('list-service-quotas')} --query "Quotas[?QuotaName=='${name}'].{Code:QuotaCode,Value:Value}" --output table`,
      `# ${aws('request-service-quota-increase')} --quota-code CODE --desired-value ${needed}`,
    ],
  };
}
