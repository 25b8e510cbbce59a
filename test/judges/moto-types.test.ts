import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeJudge } from '../support/describe-judge';
import { Moto } from '../support/moto';
import type { Resource } from '../support/resource-schemas';
import { key, logicalIds, policy, resources, role } from '../support/toy-resources';

const region = 'eu-central-1';
const stack = 'mended';

const ref = (name: string) => ({ Ref: name });
const get = (...path: string[]) => ({ 'Fn::GetAtt': path });
const made = (Type: string, Properties: Record<string, unknown> = {}): Resource => ({ Type, Properties });

const inVpc = { VpcId: ref('Vpc') };
const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
const Vpc = made('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' });
const Zone = { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] };
const Subnet = made('AWS::EC2::Subnet', { ...inVpc, CidrBlock: '10.0.0.0/24', AvailabilityZone: Zone });
const Group = made('AWS::EC2::SecurityGroup', { ...inVpc, GroupDescription: 'g' });
const endpoint = (service: string, more: Record<string, unknown>) =>
  made('AWS::EC2::VPCEndpoint', { ...inVpc, ServiceName: `com.amazonaws.${region}.${service}`, ...more });

describeJudge('templates', 'resource types that are mended in moto', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await Moto.start({ region });
  });
  beforeEach(() => moto.reset());
  afterAll(() => moto.stop());

  /** Makes a stack and gives the physical ids of its resources. */
  const make = async (template: object) => {
    const report = await moto.createStack({ stack, template });
    expect(report.created).toHaveLength(report.resources.length);
    return Object.fromEntries(report.resources.map(({ logicalId, physicalId }) => [logicalId, physicalId]));
  };

  test('policies follow their roles, through updates and to the end', async () => {
    const PolicyDocument = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
    const of = (Roles: unknown[]) => made('AWS::IAM::ManagedPolicy', { Roles, PolicyDocument });
    const listed = role({
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role'],
    });
    const ids = await make(resources({ A: listed, B: role(), P: of([ref('A')]) }));
    const attached = async (name: string) => {
      const { AttachedPolicies } = await moto.call('iam', 'list_attached_role_policies', { RoleName: ids[name] });
      return (AttachedPolicies as unknown[]).length;
    };
    expect([await attached('A'), await attached('B')]).toEqual([2, 0]);
    await moto.updateStack({ stack, template: resources({ A: role(), B: role(), P: of([ref('B')]) }) });
    expect([await attached('A'), await attached('B')]).toEqual([0, 1]);
    await moto.updateStack({ stack, template: resources({ A: listed, B: role(), P: of([ref('B')]) }) });
    expect(logicalIds((await moto.deleteStack(stack)).deleted).sort()).toEqual(['A', 'B', 'P']);
  });

  test('a role is updated whole: trust, session, tags', async () => {
    const { Role } = await make(resources({ Role: role() }));
    const trust = policy({ Effect: 'Allow', Principal: { Service: 'batch.amazonaws.com' }, Action: 'sts:AssumeRole' });
    const Tags = [{ Key: 'a', Value: 'b' }];
    const changed = role({ AssumeRolePolicyDocument: trust, MaxSessionDuration: 7200, Tags });
    await moto.updateStack({ stack, template: resources({ Role: changed }) });
    const found = await moto.call('iam', 'get_role', { RoleName: Role });
    expect(found).toMatchObject({ Role: { AssumeRolePolicyDocument: trust, MaxSessionDuration: 7200, Tags } });
  });

  test('a key made by a stack can be used and updated, a log group has its key and its retention', async () => {
    const stackOf = (Description: string, RetentionInDays: number) =>
      resources({
        Key: key({ Description }),
        Log: made('AWS::Logs::LogGroup', { RetentionInDays, KmsKeyId: get('Key', 'Arn') }),
      });
    const { Key, Log } = await make(stackOf('first', 30));
    const described = () => moto.call('kms', 'describe_key', { KeyId: Key });
    const groups = () => moto.call('logs', 'describe_log_groups', { logGroupNamePrefix: Log });
    const kmsKeyId = expect.stringContaining(Key ?? '');
    expect(await described()).toMatchObject({ KeyMetadata: { Description: 'first' } });
    expect(await groups()).toMatchObject({ logGroups: [{ retentionInDays: 30, kmsKeyId }] });
    await moto.updateStack({ stack, template: stackOf('second', 90) });
    expect(await described()).toMatchObject({ KeyMetadata: { Description: 'second' } });
    expect(await groups()).toMatchObject({ logGroups: [{ retentionInDays: 90, kmsKeyId }] });
  });

  test('an alias that exists is not taken over', async () => {
    const Alias = made('AWS::KMS::Alias', { AliasName: 'alias/a', TargetKeyId: ref('Key') });
    const template = resources({ Key: key(), Alias });
    await make(template);
    await expect(moto.createStack({ stack: 'x', template })).rejects.toThrow('alias/a already exists');
  });

  test('a network goes as it came', async () => {
    const toS3 = { VpcEndpointType: 'Gateway', RouteTableIds: [ref('Table')] };
    const toEcr = {
      VpcEndpointType: 'Interface',
      SubnetIds: [ref('Subnet')],
      SecurityGroupIds: [get('Group', 'GroupId')],
    };
    const outward = { RouteTableId: ref('Table'), DestinationCidrBlock: '0.0.0.0/0', GatewayId: ref('Gateway') };
    const ingress = { GroupId: get('Group', 'GroupId'), SourceSecurityGroupId: get('Group', 'GroupId'), ...https };
    const flow = { ResourceId: ref('Vpc'), ResourceType: 'VPC', TrafficType: 'ALL', LogGroupName: ref('Log') };
    const template = resources({
      Vpc,
      Subnet,
      Group,
      Table: made('AWS::EC2::RouteTable', inVpc),
      Association: made('AWS::EC2::SubnetRouteTableAssociation', {
        RouteTableId: ref('Table'),
        SubnetId: ref('Subnet'),
      }),
      Gateway: made('AWS::EC2::InternetGateway'),
      Attachment: made('AWS::EC2::VPCGatewayAttachment', { ...inVpc, InternetGatewayId: ref('Gateway') }),
      Route: made('AWS::EC2::Route', outward),
      Address: made('AWS::EC2::EIP', { Domain: 'vpc' }),
      Nat: made('AWS::EC2::NatGateway', { SubnetId: ref('Subnet'), AllocationId: get('Address', 'AllocationId') }),
      Ingress: made('AWS::EC2::SecurityGroupIngress', ingress),
      S3: endpoint('s3', toS3),
      Ecr: endpoint('ecr.api', toEcr),
      Log: made('AWS::Logs::LogGroup'),
      Flow: made('AWS::EC2::FlowLog', { ...flow, DeliverLogsPermissionArn: get('Role', 'Arn') }),
      Role: role(),
    });
    const things = 'vpcs subnets route_tables internet_gateways nat_gateways addresses security_groups vpc_endpoints';
    const state = () =>
      Promise.all(
        `${things} flow_logs network_interfaces`.split(' ').map((what) => moto.call('ec2', `describe_${what}`)),
      );
    const before = await state();
    await make(template);
    (await state()).forEach((found, index) => {
      expect(found).not.toEqual(before[index]);
    });
    const { deleted, left } = await moto.deleteStack(stack);
    expect([deleted.length, left]).toEqual([16, []]);
    expect(await state()).toEqual(before);
  });

  test('rules of a security group change in place', async () => {
    const withPort = (FromPort: number) => {
      const rules = { SecurityGroupIngress: [{ ...https, FromPort, CidrIp: '10.0.0.0/16' }] };
      return resources({ Vpc, Group: made('AWS::EC2::SecurityGroup', { ...Group.Properties, ...rules }) });
    };
    const ids = await make(withPort(443));
    const { updated } = await moto.updateStack({ stack, template: withPort(80) });
    expect(updated).toMatchObject([{ logicalId: 'Group', physicalId: ids.Group }]);
    const found = await moto.call('ec2', 'describe_security_groups', { GroupIds: [ids.Group] });
    expect(found).toMatchObject({ SecurityGroups: [{ IpPermissions: [{ FromPort: 80 }] }] });
  });

  test('AWS Batch needs no service role and no retry strategy, and is deleted', async () => {
    const ComputeResources = {
      Type: 'EC2',
      MinvCpus: 0,
      MaxvCpus: 4,
      InstanceRole: get('Profile', 'Arn'),
      InstanceTypes: ['optimal'],
      SecurityGroupIds: [get('Group', 'GroupId')],
      Subnets: [ref('Subnet')],
    };
    const ComputeEnvironmentOrder = [{ Order: 1, ComputeEnvironment: get('Compute', 'ComputeEnvironmentArn') }];
    const ContainerProperties = { Image: 'x', Vcpus: 1, Memory: 512 };
    const template = (Priority: number) =>
      resources({
        Vpc,
        Subnet,
        Group,
        Compute: made('AWS::Batch::ComputeEnvironment', { Type: 'managed', ComputeResources }),
        Queue: made('AWS::Batch::JobQueue', { Priority, ComputeEnvironmentOrder }),
        Job: made('AWS::Batch::JobDefinition', { Type: 'container', ContainerProperties }),
        Profile: made('AWS::IAM::InstanceProfile', { Roles: [ref('Role')] }),
        Role: role(),
      });
    await make(template(1));
    await moto.updateStack({ stack, template: template(7) });
    expect(await moto.call('batch', 'describe_job_queues')).toMatchObject({ jobQueues: [{ priority: 7 }] });
    expect((await moto.deleteStack(stack)).deleted).toHaveLength(8);
    expect(await moto.call('batch', 'describe_compute_environments')).toMatchObject({ computeEnvironments: [] });
    expect(await moto.call('batch', 'describe_job_queues')).toMatchObject({ jobQueues: [] });
  });
});
