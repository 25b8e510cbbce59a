import { Tags } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { type BatchCluster, clusterIn, only, SUBNETS } from './training-cluster-stack';

type Properties = Readonly<Record<string, unknown>>;

const L4: BatchCluster = { kind: 'batch', accelerator: { type: 'l4' } };
const H100: BatchCluster = { kind: 'batch', accelerator: { type: 'h100', count: 8 }, nodes: 2 };

const templateOf = (cluster: BatchCluster, region = 'us-east-1') => clusterIn(region, { cluster }).template;
const environments = (template: Template): readonly Properties[] =>
  Object.values(template.findResources('AWS::Batch::ComputeEnvironment')).map(({ Properties }) => Properties);
const resourcesOf = (template: Template) =>
  environments(template).map(({ ComputeResources }) => ComputeResources as Properties);
const launchData = (template: Template) =>
  only(template, 'AWS::EC2::LaunchTemplate').LaunchTemplateData as Record<string, Record<string, unknown>[]>;
const nodeContainer = (template: Template) => {
  const { NodeRangeProperties } = only(template, 'AWS::Batch::JobDefinition').NodeProperties as {
    readonly NodeRangeProperties: readonly [{ readonly Container: Properties }];
  };
  return NodeRangeProperties[0].Container;
};

describe('machines of a batch cluster', () => {
  it('go from none to as many as maxNodes, counted in CPUs', () => {
    const [resources, ...others] = resourcesOf(templateOf({ ...L4, maxNodes: 6 }));
    expect(others).toEqual([]);
    expect(resources).toMatchObject({
      Type: 'EC2',
      MinvCpus: 0,
      MaxvCpus: 6 * 4,
      InstanceTypes: ['g6.xlarge'],
      AllocationStrategy: 'BEST_FIT_PROGRESSIVE',
      Ec2Configuration: [{ ImageType: 'ECS_AL2023_NVIDIA' }],
      Subnets: SUBNETS,
    });
    expect(resources).not.toHaveProperty('DesiredvCpus');
  });

  it('are spot first and on demand when there is none', () => {
    const template = templateOf({ ...L4, capacity: 'spot' });
    expect(resourcesOf(template).map(({ Type }) => Type)).toEqual(['SPOT', 'EC2']);
    expect(resourcesOf(template)[0]).toMatchObject({ AllocationStrategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED' });
    const id = (part: string) => ({ Ref: Match.stringLikeRegexp(`TrainingBatchMachines${part}`) });
    template.hasResourceProperties('AWS::Batch::JobQueue', {
      ComputeEnvironmentOrder: [
        { Order: 1, ComputeEnvironment: id('Spot') },
        { Order: 2, ComputeEnvironment: id('OnDemand') },
      ],
    });
  });

  it('stay what they are when spot is added: the machines on demand are the same resource', () => {
    const ids = (cluster: BatchCluster) =>
      Object.keys(templateOf(cluster).findResources('AWS::Batch::ComputeEnvironment'));
    expect(ids({ ...L4, capacity: 'spot' })).toEqual(expect.arrayContaining(ids(L4)));
  });

  it('are changed in place, never by replacement, and trainings get hours to end', () => {
    const { template } = clusterIn('us-east-1', {
      cluster: H100,
      build: (stack) => {
        Tags.of(stack).add('mlops-owner', 'risk-ml@example.com');
        return {};
      },
    });
    for (const environment of environments(template)) {
      expect(environment).toMatchObject({
        ReplaceComputeEnvironment: false,
        UpdatePolicy: { TerminateJobsOnUpdate: false, JobExecutionTimeoutMinutes: 360 },
      });
      expect(Object.keys(environment)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(Tags|ComputeEnvironmentName|ServiceRole)$/)]),
      );
    }
    expect(only(template, 'AWS::EC2::PlacementGroup')).toEqual({ Strategy: 'cluster' });
    expect(only(template, 'AWS::Batch::JobQueue')).not.toHaveProperty('JobQueueName');
    expect(JSON.stringify(launchData(template).TagSpecifications)).toContain('risk-ml@example.com');
    const short = templateOf({ ...L4, maxRuntime: '20 minutes' });
    expect(environments(short)[0]?.UpdatePolicy).toMatchObject({ JobExecutionTimeoutMinutes: 20 });
  });

  it('start with an encrypted disk, no public address and metadata that containers do not reach', () => {
    const template = templateOf({ ...L4, disk: '200 GiB' });
    const data = launchData(template);
    expect(data.BlockDeviceMappings).toEqual([
      {
        DeviceName: '/dev/xvda',
        Ebs: {
          DeleteOnTermination: true,
          Encrypted: true,
          KmsKeyId: { 'Fn::GetAtt': [expect.stringContaining('TrainingKey'), 'Arn'] },
          VolumeSize: 200,
          VolumeType: 'gp3',
        },
      },
    ]);
    expect(data.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
    expect(data.NetworkInterfaces).toMatchObject([{ AssociatePublicIpAddress: false, Groups: [expect.anything()] }]);
    expect(resourcesOf(template)[0]).not.toHaveProperty('SecurityGroupIds');
  });

  it('follow each new version of their launch template', () => {
    expect(resourcesOf(templateOf(L4))[0]?.LaunchTemplate).toEqual({
      LaunchTemplateId: { Ref: expect.stringContaining('Nodes') },
      Version: { 'Fn::GetAtt': [expect.stringContaining('Nodes'), 'LatestVersionNumber'] },
    });
  });

  it('have the image of their accelerators', () => {
    expect(resourcesOf(templateOf({ kind: 'batch' }))[0]?.Ec2Configuration).toEqual([{ ImageType: 'ECS_AL2023' }]);
    const neuron = templateOf({ kind: 'batch', accelerator: { type: 'trainium1', count: 16 } });
    const [resources = {}] = resourcesOf(neuron);
    const [image] = resources.Ec2Configuration as { readonly ImageIdOverride: { readonly Ref: string } }[];
    expect(image).toMatchObject({ ImageType: 'ECS_AL2023' });
    expect(neuron.toJSON().Parameters[image?.ImageIdOverride.Ref ?? '']).toEqual({
      Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
      Default: '/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id',
    });
  });
});

describe('trainings of several nodes', () => {
  it('stay close to each other, on machines of one type and in one zone', () => {
    const template = templateOf(H100);
    expect(resourcesOf(template)).toMatchObject([
      {
        InstanceTypes: ['p5.48xlarge'],
        MaxvCpus: 4 * 192,
        Subnets: [SUBNETS[0]],
        PlacementGroup: { 'Fn::GetAtt': [expect.stringContaining('PlacementGroup'), 'GroupName'] },
      },
    ]);
    expect(only(template, 'AWS::Batch::JobDefinition')).toMatchObject({
      Type: 'multinode',
      NodeProperties: { MainNode: 0, NumNodes: 2, NodeRangeProperties: [{ TargetNodes: '0:' }] },
    });
    expect(only(template, 'AWS::Batch::JobDefinition')).not.toHaveProperty('ContainerProperties');
  });

  it('have one EFA on each network card, and a place for the container on the first', () => {
    const interfaces = launchData(templateOf(H100)).NetworkInterfaces ?? [];
    expect(interfaces.map(({ NetworkCardIndex }) => NetworkCardIndex)).toEqual(Array.from({ length: 32 }, (_, i) => i));
    expect(interfaces.map(({ InterfaceType }) => InterfaceType)).toEqual(['efa', ...Array(31).fill('efa-only')]);
    for (const face of interfaces) {
      expect(face).toMatchObject({ DeviceIndex: 0, DeleteOnTermination: true, Groups: [expect.anything()] });
      expect(face).not.toHaveProperty('AssociatePublicIpAddress');
    }
  });

  it('alone have EFA: a training of one node uses none, whatever its machine has', () => {
    const template = templateOf({ ...H100, nodes: 1 });
    expect(launchData(template).NetworkInterfaces).toHaveLength(1);
    expect(launchData(template).NetworkInterfaces?.[0]).not.toHaveProperty('InterfaceType');
    const { ContainerProperties } = only(template, 'AWS::Batch::JobDefinition') as {
      readonly ContainerProperties: object;
    };
    expect(ContainerProperties).not.toHaveProperty('Ulimits');
    expect(ContainerProperties).not.toHaveProperty('LinuxParameters.Devices');
  });

  it('have a first card without EFA where the machine has one', () => {
    const b300 = launchData(templateOf({ ...H100, accelerator: { type: 'b300', count: 8 } })).NetworkInterfaces ?? [];
    expect(b300[0]).toMatchObject({ NetworkCardIndex: 0, InterfaceType: 'interface' });
    expect(b300.slice(1).map(({ InterfaceType }) => InterfaceType)).toEqual(Array(16).fill('efa-only'));
    expect(b300.at(-1)).toMatchObject({ NetworkCardIndex: 16 });
  });

  it('hand the adapters to the container and let it pin memory', () => {
    const { LinuxParameters, Ulimits } = nodeContainer(templateOf(H100)) as {
      readonly LinuxParameters: { readonly Devices: readonly { readonly HostPath: string }[] };
      readonly Ulimits: unknown;
    };
    expect(LinuxParameters.Devices.map(({ HostPath }) => HostPath)).toEqual(
      Array.from({ length: 32 }, (_, i) => `/dev/infiniband/uverbs${i}`),
    );
    expect(Ulimits).toEqual([{ Name: 'memlock', SoftLimit: -1, HardLimit: -1 }]);
  });

  it('use no EFA where the machine has none: the security group is the environment’s, for containers have interfaces too', () => {
    const template = templateOf({ ...L4, nodes: 3 });
    expect(launchData(template)).not.toHaveProperty('NetworkInterfaces');
    expect(resourcesOf(template)[0]?.SecurityGroupIds).toEqual([
      { 'Fn::GetAtt': [expect.stringContaining('TrainingSecurityGroup'), 'GroupId'] },
    ]);
    expect(nodeContainer(template)).not.toHaveProperty('Ulimits');
    expect(nodeContainer(template).LinuxParameters).not.toHaveProperty('Devices');
  });

  it('hand Neuron devices to the container, and no GPU', () => {
    const { LinuxParameters, ResourceRequirements } = nodeContainer(
      templateOf({ kind: 'batch', accelerator: { type: 'trainium1', count: 16 }, nodes: 2 }),
    ) as {
      readonly LinuxParameters: { readonly Devices: readonly { readonly HostPath: string }[] };
      readonly ResourceRequirements: unknown;
    };
    const paths = LinuxParameters.Devices.map(({ HostPath }) => HostPath);
    expect(paths.filter((path) => path.startsWith('/dev/neuron'))).toHaveLength(16);
    expect(paths.filter((path) => path.startsWith('/dev/infiniband'))).toHaveLength(8);
    expect(JSON.stringify(ResourceRequirements)).not.toContain('GPU');
  });
});
