import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { acknowledge, inSharedPacks } from '../policy/acknowledge';

const ALL_PROTOCOLS = '-1';
const BETWEEN_NODES = 'Between nodes of a training';

/**
 * What trainings may reach: HTTPS, and each other where a training has several nodes. Nobody else reaches them.
 *
 * The address of HTTPS stays open, because S3 is behind a gateway endpoint whose prefix list has another id in every
 * region, which a template cannot know. The routes of the subnets decide: without one to the internet, HTTPS leads to
 * the private endpoints and to S3 only.
 *
 * Nodes talk by any protocol: EFA needs it (EC2 user guide, "Get started with EFA"), and so does encryption between
 * containers, by ESP and UDP 500 (SageMaker developer guide, "Protect communications between ML compute instances").
 */
export function trainingSecurityGroup(scope: Construct, id: string, vpc: ec2.IVpc, nodes: number): ec2.SecurityGroup {
  // Descriptions can never change: CloudFormation would replace the group under running trainings.
  const group = new ec2.SecurityGroup(scope, id, { vpc, allowAllOutbound: false, description: 'Trainings' });
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'Private endpoints and S3');
  if (nodes > 1) betweenMembers(group);
  return group;
}

/** Rules of their own, because a group cannot name itself in its own rules. */
function betweenMembers(group: ec2.SecurityGroup): void {
  const { securityGroupId } = group;
  const common = { groupId: securityGroupId, ipProtocol: ALL_PROTOCOLS, description: BETWEEN_NODES };
  new ec2.CfnSecurityGroupEgress(group, 'ToMembers', { ...common, destinationSecurityGroupId: securityGroupId });
  const ingress = new ec2.CfnSecurityGroupIngress(group, 'FromMembers', {
    ...common,
    sourceSecurityGroupId: securityGroupId,
  });
  acknowledge(
    ingress,
    inSharedPacks(
      'EC2RestrictedCommonPorts',
      'Its only source is the group itself: nodes of one training exchange gradients by any protocol.',
    ),
  );
}
