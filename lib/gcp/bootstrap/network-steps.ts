import type { BootstrapStep } from '../../plan/bootstrap-step';
import { networkOn } from '../../plan/network-on';
import type { PlanOn } from '../../plan/platform-plan';
import { agentMember } from '../services/service-agents';

/**
 * What somebody else's network needs, which its owner has to do. Source: Batch documentation, "Networking overview", Shared
 * VPC; Virtual Private Cloud documentation, "Provision Shared VPC", subnet-level roles.
 */
export function networkSteps({ spec }: PlanOn<'gcp'>): readonly BootstrapStep[] {
  const network = networkOn('gcp', spec.network);
  if (network.mode !== 'existing') return [];
  const { subnetwork, hostProject } = network.gcp;
  const { project, region } = spec.gcp;
  const owner = hostProject ?? project;
  const subnets = `gcloud compute networks subnets`;
  const shared = hostProject !== undefined && hostProject !== project;
  return [
    {
      title: `Check that machines of ${subnetwork} reach Google's APIs without an address of their own`,
      why: 'Trainings and endpoints have private addresses alone. Private Google access must be on, or an endpoint for Google APIs be there.',
      commands: [
        `${subnets} describe ${subnetwork} --project=${owner} --region=${region} --format="value(privateIpGoogleAccess)"`,
      ],
    },
    ...(shared
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
  ];
}
