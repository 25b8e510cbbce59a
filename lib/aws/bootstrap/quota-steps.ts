import type { BootstrapStep } from '../../plan/bootstrap-step';
import { type JobMachines, jobsAtATime } from '../../plan/jobs-at-a-time';
import { awsMachines } from '../../plan/machines/aws-machines';
import { machineName } from '../../plan/machines/machines';
import type { PlanOn } from '../../plan/platform-plan';
import { mostNeeded, needed } from '../../plan/quota-needs';
import { servingMachine } from '../../plan/serving-feasibility';
import { planTrainingCluster } from '../../plan/training-cluster';
import { ec2Quota } from './ec2-quotas';

/** A quota, and what is needed of it. */
interface Quota {
  /** Code of the service in Service Quotas. */
  readonly service: string;
  readonly name: string;
  readonly needed: number;
  readonly unit: string;
}

/** The quotas that the machines of a platform count against, each once with what is needed of it at a time. */
export function quotaSteps(plan: PlanOn<'aws'>): readonly BootstrapStep[] {
  const quotas = needed([...training(plan), ...jobs(plan), ...serving(plan)], keyOf);
  return quotas.map((quota) => step(plan.spec.aws.region, quota));
}

const keyOf = ({ service, name }: Quota): string => `${service} ${name}`;

/** With spot capacity a queue falls back on machines on demand, which count against a quota of their own. */
function training({ spec }: PlanOn<'aws'>): readonly Quota[] {
  const cluster = spec.training?.cluster;
  if (cluster === undefined) return [];
  const choice = planTrainingCluster(awsMachines, cluster, spec.aws.region);
  if (!choice.ok) return [];
  return choice.plan.purchases.map(({ capacity, machines: [machine] }) =>
    cluster.kind === 'managed'
      ? jobQuota({ machine, role: 'training', capacity, machines: cluster.nodes })
      : {
          service: 'ec2',
          name: ec2Quota(machine.name, capacity),
          needed: cluster.maxNodes * machine.vcpu,
          unit: 'vCPUs',
        },
  );
}

function jobs(plan: PlanOn<'aws'>): readonly Quota[] {
  return jobsAtATime(plan, awsMachines, plan.spec.aws.region).flatMap((sets) =>
    mostNeeded(
      sets.map((set) => set.map(jobQuota)),
      keyOf,
    ),
  );
}

const jobQuota = ({ machine, role, capacity, machines }: JobMachines): Quota => ({
  service: 'sagemaker',
  name: `${machineName(machine, role)} for ${capacity === 'spot' ? 'spot ' : ''}${role} job usage`,
  needed: machines,
  unit: 'instances',
});

/** A rollout runs the new machines beside the old ones, so an endpoint needs twice its most replicas. */
function serving({ spec }: PlanOn<'aws'>): readonly Quota[] {
  return Object.values(spec.models).flatMap(({ serving }) => {
    if (serving === undefined) return [];
    const choice = servingMachine(awsMachines, serving, spec.aws.region);
    if (!choice.ok) return [];
    const name = `${machineName(choice.machine, 'hosting')} for endpoint usage`;
    return [{ service: 'sagemaker', name, needed: 2 * serving.replicas.max, unit: 'instances' }];
  });
}

function step(region: string, { service, name, needed, unit }: Quota): BootstrapStep {
  const aws = (command: string) => `aws service-quotas ${command} --region ${region} --service-code ${service}`;
  return {
    title: `Check the quota "${name}": at least ${needed} ${unit}`,
    why: 'New accounts often have 0. A request for more takes from minutes to days; its code stands in the answer.',
    commands: [
      `${aws('list-service-quotas')} --query "Quotas[?QuotaName=='${name}'].{Code:QuotaCode,Value:Value}" --output table`,
      `# ${aws('request-service-quota-increase')} --quota-code CODE --desired-value ${needed}`,
    ],
  };
}
