import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import type { Construct } from 'constructs';
import type { EndpointPlan } from '../../plan/endpoint-plan';
import { machineName } from '../../plan/machines/machines';
import type { PlatformNames } from '../../plan/names';
import { servingAccess } from '../../plan/serving-access';
import { hasOwnAccount } from '../../spec/serving';
import type { Ready } from '../access/grantee';
import type { Grantors } from '../access/grantors';
import { grantOnProject } from '../access/project-grants';
import { Workload } from '../access/workload';
import { agentMember, runnerOf } from '../services/service-agents';
import { accountEmail, type Target } from '../target';
import { grantLog } from '../workflow/workflow';
import type { HostingSettings } from './workflow/deployment';

export interface HostingProps {
  readonly target: Target;
  readonly names: PlatformNames;
  readonly model: string;
  /** Name of the endpoint in the plan. */
  readonly endpoint: string;
  readonly plan: EndpointPlan;
  /** Who grants the images of containers and what trainings left. */
  readonly grantors: Required<Pick<Grantors, 'repository' | 'prefix'>>;
}

/** The identity that containers of the model run as. */
export interface ServingIdentity {
  readonly workload: Workload;
  /** Lets Vertex AI run containers as it. */
  readonly runner: ServiceAccountIamMember;
  /** What a version that is deployed as it is deployed after. */
  readonly ready: Ready;
}

/** Makes it, unless containers run as an account of Vertex AI's. */
export function servingIdentity(scope: Construct, props: HostingProps): ServingIdentity | undefined {
  if (!hasOwnAccount(props.plan.serving)) return undefined;
  const workload = servingWorkload(scope, props);
  const { id, role } = runnerOf('serving');
  const runner = new ServiceAccountIamMember(scope, 'Runner', {
    serviceAccountId: workload.serviceAccount.name,
    role,
    member: agentMember(id, props.target),
  });
  return { workload, runner, ready: [...workload.ready, runner] };
}

function servingWorkload(scope: Construct, props: HostingProps): Workload {
  const { target, model, endpoint, plan, grantors } = props;
  return new Workload(scope, 'Serving', {
    target,
    accountId: servingAccountId(props),
    description: `Containers that serve ${model}`,
    access: servingAccess(model, endpoint, plan.serving),
    grantors: {
      repository: grantors.repository,
      // What an endpoint records it writes to BigQuery as the agent of Vertex AI.
      prefix: (verb, name, to) => {
        if (verb === 'read') grantors.prefix(verb, name, to);
      },
      // Machines run in Google's own network, which clients reach over Private Service Connect.
      network: () => {},
      log: (_verb, _name, to) => grantLog(target, to),
      metric: (_verb, _name, to) => grantOnProject('roles/monitoring.metricWriter', target, to),
      // A rollout that its guards take back looks at them itself.
      alarm: () => {},
    },
  });
}

/** Id of the account that versions run as. */
export const servingAccountId = ({ names, model }: Pick<HostingProps, 'names' | 'model'>): string =>
  names.of('serviceAccount', 'serving', model);

/** What versions run on. */
export function hostingSettings(props: HostingProps): HostingSettings {
  const { machine, serving } = props.plan;
  const { accelerator } = machine;
  return {
    machineSpec: {
      machineType: machineName(machine, 'hosting'),
      ...(accelerator?.names === undefined
        ? {}
        : { acceleratorType: accelerator.names.managed, acceleratorCount: accelerator.count }),
    },
    replicas: serving.replicas,
    requestsPerReplica: serving.scaling.requestsPerReplica,
    ...(hasOwnAccount(serving) ? { serviceAccount: accountEmail(servingAccountId(props), props.target) } : {}),
    ...(serving.capture === undefined ? {} : { capture: { sampling: serving.capture.sampling } }),
  };
}
