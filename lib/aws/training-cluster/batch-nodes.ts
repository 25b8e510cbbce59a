import { Arn, type Stack } from 'aws-cdk-lib';
import type * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { MachineType } from '../../plan/machines/machines';
import type { TrainingClusterPlan } from '../../plan/training-cluster';
import { allow } from '../access/grant-statement';
import { efaInterfaces, isNeuron } from './training-job';

/** Root device of the ECS images of Amazon Linux 2023. */
const ROOT_DEVICE = '/dev/xvda';

/** Source: Amazon ECS developer guide, "Retrieving Amazon ECS-optimized Linux AMI metadata". */
const NEURON_IMAGE_PARAMETER = '/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id';

export interface NodeTemplateProps {
  readonly plan: TrainingClusterPlan;
  readonly encryptionKey: kms.IKey;
  readonly securityGroup: ec2.ISecurityGroup;
}

/**
 * How a node starts: an encrypted disk, no public address, instance metadata by session token only and one network hop
 * away, so that containers on the node's own network cannot take the node's credentials.
 *
 * The security group stands here with the interfaces, or else, for trainings of several nodes without EFA, at the compute
 * environment, which gives it to the interface of each container as well. Batch refuses both at once.
 */
export function nodeTemplate(scope: Construct, id: string, props: NodeTemplateProps): ec2.LaunchTemplate {
  const { plan, encryptionKey, securityGroup } = props;
  const template = new ec2.LaunchTemplate(scope, id, {
    blockDevices: [
      {
        deviceName: ROOT_DEVICE,
        volume: ec2.BlockDeviceVolume.ebs(plan.diskGib, {
          encrypted: true,
          kmsKey: encryptionKey,
          volumeType: ec2.EbsDeviceVolumeType.GP3,
          deleteOnTermination: true,
        }),
      },
    ],
    httpTokens: ec2.LaunchTemplateHttpTokens.REQUIRED,
    httpPutResponseHopLimit: 1,
    ...(plan.nodes === 1 ? { securityGroup, associatePublicIpAddress: false } : {}),
  });
  if (efaInterfaces(plan) > 0)
    (template.node.defaultChild as ec2.CfnLaunchTemplate).addPropertyOverride(
      'LaunchTemplateData.NetworkInterfaces',
      fabric(plan.purchases[0].machines[0], securityGroup.securityGroupId),
    );
  return template;
}

/**
 * One EFA on each network card that has one. The first card also carries IP, with its second place left free for the
 * interface of the container. EC2 gives machines with several interfaces no public address; with one it must be told.
 * Source: EC2 user guide, "Maximize network bandwidth on Amazon EC2 instances with multiple network cards".
 */
function fabric({ efa }: MachineType, groupId: string): readonly Readonly<Record<string, unknown>>[] {
  const { interfaces, firstCard } = efa;
  const common = { DeviceIndex: 0, Groups: [groupId], DeleteOnTermination: true };
  const last = firstCard + interfaces - 1;
  return [
    {
      ...common,
      NetworkCardIndex: 0,
      InterfaceType: firstCard === 0 ? 'efa' : 'interface',
      ...(last === 0 ? { AssociatePublicIpAddress: false } : {}),
    },
    ...Array.from({ length: last }, (_, i) => i + 1)
      .filter((card) => card >= firstCard)
      .map((card) => ({ ...common, NetworkCardIndex: card, InterfaceType: 'efa-only' })),
  ];
}

/** Whether the launch template of a cluster names the security group. */
export const templateHasGroup = (plan: TrainingClusterPlan): boolean => plan.nodes === 1 || efaInterfaces(plan) > 0;

/**
 * Image of the nodes: Amazon Linux 2023 for ECS, with the drivers of their accelerators. Source: AWS Batch API reference,
 * Ec2Configuration, which has no image type for Neuron.
 */
export function nodeImage(
  scope: Construct,
  { accelerator }: MachineType,
): batch.CfnComputeEnvironment.Ec2ConfigurationObjectProperty {
  if (accelerator === undefined) return { imageType: 'ECS_AL2023' };
  if (!isNeuron(accelerator.type)) return { imageType: 'ECS_AL2023_NVIDIA' };
  return {
    imageType: 'ECS_AL2023',
    imageIdOverride: ssm.StringParameter.valueForTypedStringParameterV2(
      scope,
      NEURON_IMAGE_PARAMETER,
      ssm.ParameterValueType.AWS_EC2_IMAGE_ID,
    ),
  };
}

/**
 * What the agent of ECS on a node needs. Batch makes the ECS cluster itself and calls it `AWSBatch-…`. Source: Amazon ECS
 * developer guide, "Amazon ECS container instance IAM role"; images and logs are up to the execution role.
 */
export function grantJoin(stack: Stack, to: iam.IGrantable): void {
  const arn = (resource: string, resourceName: string) => Arn.format({ service: 'ecs', resource, resourceName }, stack);
  const nodes = [arn('container-instance', 'AWSBatch-*')];
  allow(
    to,
    [
      'ecs:DeregisterContainerInstance',
      'ecs:RegisterContainerInstance',
      'ecs:SubmitAttachmentStateChanges',
      'ecs:SubmitContainerStateChange',
      'ecs:SubmitTaskStateChange',
    ],
    [arn('cluster', 'AWSBatch-*')],
  );
  allow(to, ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'], nodes);
  allow(to, ['ecs:TagResource'], nodes, { StringEquals: { 'ecs:CreateAction': 'RegisterContainerInstance' } });
  allow(to, ['ecs:DiscoverPollEndpoint'], ['*']);
}
