import { Fn, type Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Workload } from '../../../lib/aws/access/workload';
import { planAddresses } from '../../../lib/aws/network/address-plan';
import { Network, type NetworkProps } from '../../../lib/aws/network/network';
import { PRIVATE_SERVICES, type PrivateService } from '../../../lib/plan/network-needs';
import { DEFAULT_CIDR, DEFAULT_FLOW_LOG_DAYS, DEFAULT_ZONES } from '../../../lib/spec/network';
import { SpecError } from '../../../lib/spec/problem';
import { nagFindings } from '../../support/nag';
import { synthTemplate, testStack } from '../../support/synth';

const KEY_ARN = 'arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const HERE = { env: { region: 'eu-central-1', account: '111111111111' } };
const needs = (...services: readonly PrivateService[]) => services.map((service) => ({ service }));
const ALL = needs(...PRIVATE_SERVICES);

const network = (props: NetworkProps = {}) => synthTemplate((stack) => new Network(stack, 'Network', props));
const idsOf = (template: Template) => Object.keys(template.toJSON().Resources);
const typesOf = (template: Template): readonly string[] =>
  Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
const endpointsOf = (template: Template) =>
  Object.values(template.findResources('AWS::EC2::VPCEndpoint')).map(({ Properties }) => Properties);
/** Last part of `com.amazonaws.<region>.ecr.api` and its like. */
const servicesOf = (template: Template) =>
  endpointsOf(template)
    .map(({ ServiceName }): string => ServiceName['Fn::Join'][1].at(-1).slice(1))
    .sort();

describe('an isolated network', () => {
  test('has private subnets in as many zones as said, and no way to the internet', () => {
    const template = network();
    template.hasResourceProperties('AWS::EC2::VPC', {
      CidrBlock: DEFAULT_CIDR,
      EnableDnsHostnames: true,
      EnableDnsSupport: true,
    });
    template.resourceCountIs('AWS::EC2::Subnet', DEFAULT_ZONES);
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
    for (const type of ['Route', 'InternetGateway', 'NatGateway', 'VPCGatewayAttachment', 'EIP'])
      template.resourceCountIs(`AWS::EC2::${type}`, 0);
    network({ zones: 3 }).resourceCountIs('AWS::EC2::Subnet', 3);
  });

  test('takes the zones of the region in their order and looks none up', () => {
    for (const options of [{}, HERE]) {
      const stack = testStack(options);
      new Network(stack, 'Network');
      const subnets = Object.values(Template.fromStack(stack).findResources('AWS::EC2::Subnet'));
      expect(subnets.map(({ Properties }) => Properties.AvailabilityZone)).toEqual([
        { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] },
        { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] },
      ]);
      expect(Stage.of(stack)?.synth().manifest.missing).toBeUndefined();
    }
    network({ availabilityZones: ['eu-central-1b', 'eu-central-1c'] }).hasResourceProperties('AWS::EC2::Subnet', {
      AvailabilityZone: 'eu-central-1c',
    });
  });

  test('has exactly the endpoints of the services in use', () => {
    expect(servicesOf(network())).toEqual(['s3']);
    expect(servicesOf(network({ needs: [] }))).toEqual([]);
    expect(servicesOf(network({ needs: needs('objects', 'metrics') }))).toEqual(['monitoring', 's3']);
    expect(servicesOf(network({ needs: ALL }))).toEqual([
      'ecr.api',
      'ecr.dkr',
      'ecs',
      'ecs-agent',
      'ecs-telemetry',
      'glue',
      'logs',
      'monitoring',
      's3',
    ]);
  });

  test('reaches objects by a gateway on every route table, the others by interfaces in every subnet', () => {
    const template = network({ needs: ALL });
    const tables = Object.keys(template.findResources('AWS::EC2::RouteTable')).map((Ref) => ({ Ref }));
    const subnets = Object.keys(template.findResources('AWS::EC2::Subnet')).map((Ref) => ({ Ref }));
    for (const endpoint of endpointsOf(template))
      expect(endpoint).toMatchObject(
        endpoint.VpcEndpointType === 'Gateway'
          ? { RouteTableIds: tables }
          : { VpcEndpointType: 'Interface', PrivateDnsEnabled: true, SubnetIds: subnets },
      );
  });

  test('lets only itself reach the interfaces, by HTTPS', () => {
    const template = network({ cidr: '10.1.0.0/16', needs: ALL });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [
        { CidrIp: '10.1.0.0/16', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: Match.anyValue() },
      ],
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '255.255.255.255/32' })],
    });
    network({ needs: needs('objects') }).resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });

  test('lets only this account pass, to its own things', () => {
    const own = {
      Sid: 'OwnAccount',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: expect.anything(),
      Resource: '*',
      Condition: {
        StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } },
        StringEqualsIfExists: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } },
      },
    };
    const policies = Object.fromEntries(
      Object.entries(network({ needs: ALL }).findResources('AWS::EC2::VPCEndpoint')).map(([id, { Properties }]) => [
        id.replace(/^NetworkEndpoints(.*).{8}$/, '$1'),
        Properties.PolicyDocument.Statement,
      ]),
    );
    for (const name of ['glue', 'logs', 'monitoring', 'ecs', 'ecsagent', 'ecstelemetry'])
      expect(policies[name]).toEqual([own]);
    for (const name of ['ecrapi', 'ecrdkr']) {
      expect(policies[name]).toHaveLength(1);
      expect(policies[name][0].Condition).toEqual({ StringEquals: own.Condition.StringEquals });
      expect(policies[name][0].Action.join()).not.toMatch(/Put|Upload|Create|Delete/);
    }
    expect(policies.s3).toEqual([
      own,
      {
        Sid: 'ImageLayers',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 's3:GetObject',
        Resource: {
          'Fn::Join': [
            '',
            ['arn:', { Ref: 'AWS::Partition' }, ':s3:::prod-', { Ref: 'AWS::Region' }, '-starport-layer-bucket/*'],
          ],
        },
      },
    ]);
    expect(endpointsOf(network({ needs: needs('objects') }))[0]?.PolicyDocument.Statement).toEqual([own]);
  });

  test('lets nothing pass that only its owner would do', () => {
    const statements = endpointsOf(network({ needs: ALL })).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    const allowed: string[] = statements.flatMap(({ Action }) => Action);
    const passes = (action: string) =>
      allowed.some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(action));
    const CALLED = [
      ...['s3:GetObject', 's3:PutObject', 's3:ListBucket', 's3:ListBucketMultipartUploads', 's3:GetBucketLocation'],
      ...['glue:GetTable', 'glue:GetDatabase', 'glue:BatchGetPartition', 'cloudwatch:PutMetricData'],
      ...['logs:CreateLogStream', 'logs:PutLogEvents', 'ecr:GetAuthorizationToken', 'ecr:BatchGetImage'],
      ...['ecs:RegisterContainerInstance', 'ecs:Poll', 'ecs:SubmitTaskStateChange', 'ecs:StartTelemetrySession'],
    ];
    const NEVER = [
      ...['s3:DeleteBucket', 's3:PutBucketPolicy', 's3:CreateBucket', 's3:PutObjectAcl', 'glue:DeleteTable'],
      ...['logs:DeleteLogGroup', 'cloudwatch:DeleteAlarms', 'ecr:PutImage', 'ecs:RunTask', 'ecs:DeleteCluster'],
    ];
    expect(CALLED.filter((action) => !passes(action))).toEqual([]);
    expect(NEVER.filter(passes)).toEqual([]);
  });

  test('has its flows on record, by a role that may do nothing else', () => {
    const template = network({ logName: 'fraud-prod' });
    template.hasResourceProperties('AWS::EC2::FlowLog', {
      ResourceId: { Ref: 'NetworkVpcFAC8F4A5' },
      ResourceType: 'VPC',
      TrafficType: 'ALL',
    });
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: {
        LogGroupName: '/aws/vpc/fraud-prod',
        RetentionInDays: DEFAULT_FLOW_LOG_DAYS,
        KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^NetworkKey'), 'Arn'] },
      },
      DeletionPolicy: 'Retain',
    });
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^NetworkFlowLog'), 'Arn'] },
          },
        ],
      },
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      },
    });
  });

  test('uses a key that is given', () => {
    const template = synthTemplate(
      (stack) => new Network(stack, 'Network', { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) }),
    );
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: KEY_ARN });
  });

  test('has neither a Lambda function nor a custom resource, nor any finding', () => {
    const stack = testStack();
    new Network(stack, 'Network', { needs: ALL });
    expect(nagFindings(stack)).toEqual([]);
    const allowed = /^AWS::(EC2|Logs|KMS)::|^AWS::IAM::(Role|ManagedPolicy)$/;
    expect(typesOf(Template.fromStack(stack)).filter((type) => !allowed.test(type))).toEqual([]);
  });
});

describe('a network with NAT', () => {
  const nat = (props: Omit<Extract<NetworkProps, { mode: 'nat' }>, 'mode'> = {}) => network({ ...props, mode: 'nat' });

  test('reaches the internet from every private subnet, through as many gateways as said', () => {
    const routes = (template: Template) =>
      Object.values(template.findResources('AWS::EC2::Route'))
        .map(({ Properties }) => Properties)
        .filter(({ NatGatewayId }) => NatGatewayId !== undefined);
    const one = nat({ zones: 3 });
    one.resourceCountIs('AWS::EC2::NatGateway', 1);
    expect(new Set(routes(one).map(({ RouteTableId }) => RouteTableId.Ref)).size).toBe(3);
    const two = nat({ zones: 3, gateways: 2 });
    two.resourceCountIs('AWS::EC2::NatGateway', 2);
    const gateways = routes(two).map(({ NatGatewayId }) => NatGatewayId.Ref);
    expect(gateways[0]).not.toBe(gateways[1]);
    expect(gateways[2]).toBe(gateways[0]);
  });

  test('has no interfaces, since the services are on the internet; objects keep their gateway', () => {
    expect(servicesOf(nat({ needs: ALL }))).toEqual(['s3']);
  });

  test('gives no machine a public address, and has no finding', () => {
    nat().allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
    const stack = testStack();
    new Network(stack, 'Network', { mode: 'nat', gateways: 2, needs: ALL });
    expect(nagFindings(stack)).toEqual([]);
  });

  test('measures its gateways', () => {
    const stack = testStack();
    const made = new Network(stack, 'Network', { mode: 'nat' });
    expect(stack.resolve(made.metricNat('ErrorPortAllocation').toMetricConfig().metricStat?.dimensions)).toEqual([
      { name: 'NatGatewayId', value: { 'Fn::GetAtt': ['NetworkSubnetsNat1F633C0E0', 'NatGatewayId'] } },
    ]);
    expect(() => made.metricNat('ErrorPortAllocation', 2)).toThrow('Test/Network: there is no NAT gateway 2.');
  });
});

describe('a change', () => {
  const kept = ['AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EC2::RouteTable', 'AWS::EC2::SubnetRouteTableAssociation'];
  const stays = (from: NetworkProps, to: NetworkProps) => {
    const [before, after] = [network(from).toJSON().Resources, network(to).toJSON().Resources];
    for (const [id, resource] of Object.entries(before as Record<string, { Type: string }>))
      if (kept.includes(resource.Type)) expect(after[id]).toEqual(resource);
  };

  test('of needs, zones, gateways or mode never replaces the network or its subnets', () => {
    stays({ needs: needs('objects') }, { needs: ALL });
    stays({ zones: 2 }, { zones: 3 });
    stays({}, { mode: 'nat' });
    stays({ mode: 'nat' }, { mode: 'nat', zones: 3, gateways: 3, needs: ALL });
  });

  test('of needs touches no other endpoint', () => {
    const few = idsOf(network({ needs: needs('metrics') }));
    expect(idsOf(network({ needs: ALL }))).toEqual(expect.arrayContaining(few));
  });

  test('never gives the network another logical id', () => {
    expect(Object.keys(network().findResources('AWS::EC2::VPC'))).toEqual(['NetworkVpcFAC8F4A5']);
  });
});

describe('addresses', () => {
  test('are divided once and for all', () => {
    expect(planAddresses('10.42.0.0/16')).toEqual({
      privateRanges: ['10.42.0.0/18', '10.42.64.0/18', '10.42.128.0/18'],
      publicRanges: ['10.42.192.0/20', '10.42.208.0/20', '10.42.224.0/20'],
    });
    expect(planAddresses('192.168.4.0/22').publicRanges[2]).toBe('192.168.7.128/26');
  });

  test('of subnets lie in the range of the network and never overlap', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, fc.integer({ min: 16, max: 22 }), (b, c, d, length) => {
        const { privateRanges, publicRanges } = planAddresses(`10.${b}.${c}.${d}/${length}`);
        const [first, last] = bounds(`10.${b}.${c}.${d}/${length}`);
        const all = [...privateRanges, ...publicRanges].map(bounds).sort(([x], [y]) => x - y);
        for (const [from, to] of all) expect(first <= from && to <= last && from % (to - from + 1) === 0).toBe(true);
        for (const [i, [from]] of all.entries()) if (i > 0) expect(from).toBeGreaterThan(all[i - 1]?.[1] ?? 0);
      }),
    );
  });
});

/** First and last address of a range, as numbers. */
function bounds(range: string): [number, number] {
  const [address = '', length = ''] = range.split('/');
  const size = 2 ** (32 - Number(length));
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const from = number - (number % size);
  return [from, from + size - 1];
}

describe('wrong networks', () => {
  const problems = (props: unknown) => {
    try {
      new Network(testStack(), 'Network', props as NetworkProps);
    } catch (error) {
      if (error instanceof SpecError) return error.problems.map(({ path, fix }) => `${path}: ${fix}`);
      throw error;
    }
    throw new Error('accepted');
  };

  test('say everything that is wrong at once, with the construct', () => {
    expect(problems({ cidr: '8.8.8.0/24', zones: 9 }).map((text) => text.split(':')[0])).toEqual(['cidr', 'zones']);
    expect(() => new Network(testStack(), 'Network', { zones: 9 })).toThrow('Test/Network');
  });

  test('have no more gateways than zones', () => {
    expect(problems({ mode: 'nat', zones: 2, gateways: 3 })).toEqual(['gateways: write gateways: 2, or raise zones']);
  });
});

describe('an existing network', () => {
  const existing: NetworkProps & { readonly mode: 'existing' } = {
    mode: 'existing',
    aws: { vpc: 'vpc-0a1b2c3d4e5f67890', subnets: ['subnet-0a1b2c3d4e5f67890', 'subnet-0a1b2c3d4e5f67891'] },
  };

  test('is used as it is: nothing is created', () => {
    const stack = testStack(HERE);
    const used = new Network(stack, 'Network', existing);
    expect(used.vpcId).toBe(existing.aws.vpc);
    expect(used.subnetIds).toEqual(existing.aws.subnets);
    expect(used.created).toBeUndefined();
    expect(Template.fromStack(stack).toJSON().Resources).toBeUndefined();
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('a network of another stack', () => {
  const published = (stack: Stack) => {
    const value = (name: string) => ssm.StringParameter.valueForStringParameter(stack, `/p/network/${name}`);
    return { vpcId: value('vpc'), subnetIds: Fn.split(',', value('subnets')) };
  };

  test('is known by one parameter for its id and one for its subnets', () => {
    const stack = testStack({ env: { region: 'eu-central-1' } });
    const imported = Network.fromIds(stack, 'Network', { ...published(stack), subnetCount: 2 });
    new ec2.SecurityGroup(stack, 'Group', { vpc: imported.vpc });
    const ids = stack.resolve(imported.subnetIds);
    expect(ids).toEqual(
      [0, 1].map((i) => ({ 'Fn::Select': [i, { 'Fn::Split': [',', ids[0]['Fn::Select'][1]['Fn::Split'][1]] }] })),
    );
    expect(imported.subnets.map(({ subnetId }) => stack.resolve(subnetId))).toEqual(ids);
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
      VpcId: stack.resolve(imported.vpcId),
    });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('needs to say how many subnets one token has', () => {
    const stack = testStack();
    expect(() => Network.fromIds(stack, 'Network', published(stack))).toThrow('subnetCount');
  });
});

describe('attaching to a network', () => {
  test('makes interfaces in its subnets and groups only, and has no finding', () => {
    const stack = testStack(HERE);
    const { grantors } = Network.fromIds(stack, 'Network', { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] });
    const workload = new Workload(stack, 'Training', {
      assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
      access: [{ workload: 'training', kind: 'network', verb: 'attach', name: 'training', why: 'private' }],
      grantors,
    });
    const arn = (rest: string) => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ec2:eu-central-1:111111111111:${rest}`]],
    });
    const here = { ArnEquals: { 'ec2:Vpc': arn('vpc/vpc-1') } };
    expect(stack.resolve(workload.policy.document).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'ec2:CreateNetworkInterface',
        Resource: [arn('subnet/subnet-1'), arn('subnet/subnet-2'), arn('network-interface/*')],
      },
      { Effect: 'Allow', Action: 'ec2:CreateNetworkInterface', Resource: arn('security-group/*'), Condition: here },
      {
        Effect: 'Allow',
        Action: [
          'ec2:CreateNetworkInterfacePermission',
          'ec2:DeleteNetworkInterface',
          'ec2:DeleteNetworkInterfacePermission',
        ],
        Resource: arn('network-interface/*'),
        Condition: here,
      },
      { Effect: 'Allow', Action: expect.arrayContaining(['ec2:DescribeSubnets']), Resource: '*' },
    ]);
    expect(nagFindings(stack)).toEqual([]);
  });
});
