import { attachedJobs } from '../../plan/attached-jobs';
import type { BootstrapStep } from '../../plan/bootstrap-step';
import { networkOn } from '../../plan/network-on';
import type { PlanOn } from '../../plan/platform-plan';
import { DEFAULT_ENDPOINT_ACCESS } from '../../spec/serving';
import { attachesIn } from '../network/attaches-in';
import { agentMember, agentsThat } from '../services/service-agents';
import { accountEmail } from '../target';
import { bindOnProject } from './bind-on-project';

/**
 * What somebody else's network needs, which its owner has to do. Source: Batch documentation, "Networking overview", Shared
 * VPC; Virtual Private Cloud documentation, "Provision Shared VPC", subnet-level roles.
 */
export function networkSteps({ spec, names }: PlanOn<'gcp'>): readonly BootstrapStep[] {
  const network = networkOn('gcp', spec.network);
  if (network.mode !== 'existing') return [];
  const { subnetwork, hostProject } = network.gcp;
  const { project, region } = spec.gcp;
  const owner = hostProject ?? project;
  const attachRole = names.of('customRole', 'attach-network');
  const role = `${attachRole} --project=${owner}`;
  const subnets = `gcloud compute networks subnets`;
  return [
    {
      title: `Check that machines of ${subnetwork} reach Google's APIs without an address of their own`,
      why: 'Trainings and endpoints have private addresses alone. Private Google access must be on, or an endpoint for Google APIs be there.',
      commands: [
        `${subnets} describe ${subnetwork} --project=${owner} --region=${region} --format="value(privateIpGoogleAccess)"`,
      ],
    },
    ...(owner !== project
      ? [
          {
            title: `Let the agents use the shared subnetwork ${subnetwork} of ${owner}`,
            why: 'Whoever runs the shared network does this. Who deploys needs compute.subnetworks.setIamPolicy there as well, because trainings are granted the subnetwork.',
            commands: (['batch', 'compute', 'aiplatform'] as const).map(
              (agent) =>
                `${subnets} add-iam-policy-binding ${subnetwork} --project=${owner} --region=${region} --member=${agentMember(agent, spec.gcp)} --role=roles/compute.networkUser`,
            ),
          },
        ]
      : []),
    ...(owner !== project && attachesIn(spec) === owner
      ? agentsThat('attach').map(({ id, permissions }) => ({
          title: `Let Vertex AI take interfaces from the network attachment of ${owner}`,
          why: 'Whoever runs the shared network does this. Managed trainings, steps of pipelines and drift jobs are in the network through the attachment, and no predefined role says just this.',
          commands: [
            `gcloud iam roles describe ${role} --quiet >/dev/null 2>&1 || gcloud iam roles create ${role} --title=${attachRole} --permissions=${permissions.join(',')}`,
            `gcloud iam roles update ${role} --permissions=${permissions.join(',')} --quiet`,
            bindOnProject(owner, agentMember(id, spec.gcp), `projects/${owner}/roles/${attachRole}`),
          ],
        }))
      : []),
  ];
}

/**
 * What the platform's own network cannot close. Source: documentation of Vertex AI, "Use Private Service Connect interface for
 * Vertex AI Training", internet egress; "VPC Service Controls with Vertex AI".
 */
export function perimeterStep({ spec }: PlanOn<'gcp'>): readonly BootstrapStep[] {
  const jobs = attachedJobs(spec);
  if (spec.network.mode !== 'isolated' || jobs.length === 0) return [];
  return [
    {
      title: `Put a VPC Service Controls perimeter around ${spec.gcp.project}, if jobs may not reach the internet`,
      why: `The network is isolated, but jobs on Vertex AI (${jobs.join(', ')}) are in a network of Google's as well, and reach the internet by that one. Only a perimeter that protects aiplatform.googleapis.com closes it. Whoever runs the perimeters of the organisation does this.`,
      commands: [],
    },
  ];
}

/**
 * What the host of a shared network does after the first deployment, which makes the accounts that it is for.
 * Source: Virtual Private Cloud documentation, "Access published services through endpoints", required roles: an endpoint in
 * a service project takes compute.networks.use and compute.subnetworks.use of the host project.
 */
export function sharedNetworkSteps({ spec, names }: PlanOn<'gcp'>): readonly BootstrapStep[] {
  const network = networkOn('gcp', spec.network);
  if (network.mode !== 'existing') return [];
  const { hostProject } = network.gcp;
  if (hostProject === undefined || hostProject === spec.gcp.project) return [];
  const reached = Object.entries(spec.models)
    .filter(
      ([, { serving }]) => serving !== undefined && (serving.gcp?.access ?? DEFAULT_ENDPOINT_ACCESS) === 'private',
    )
    .map(([model]) => accountEmail(names.of('serviceAccount', 'rollout', model), spec.gcp));
  if (reached.length === 0) return [];
  return [
    {
      title: `After the first deployment: let rollouts lead addresses of ${hostProject} to private endpoints`,
      why: 'Whoever runs the shared network does this, and again for each model that serves later: Terraform makes the accounts, and a rollout that may not use the network (compute.networks.use, which no subnetwork grants) ends without a forwarding rule. Who deploys reserves the addresses, and needs compute.subnetworks.use there as well.',
      commands: reached.map(
        (email) => `# ${bindOnProject(hostProject, `serviceAccount:${email}`, 'roles/compute.networkUser')}`,
      ),
    },
  ];
}
