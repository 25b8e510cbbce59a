import { Annotations, Fn, Stack, Tags, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { NetworkNeed } from '../../plan/network-needs';
import type { NetworkSpec } from '../../spec/network';
import type { Grantors } from '../access/grantors';
import { customerKey } from '../keys/customer-key';
import { acknowledge, inSharedPacks } from '../policy/acknowledge';
import { Endpoints } from './endpoints';
import { FlowLog } from './flow-log';
import { NetworkGrants } from './network-grants';
import { completeNetwork, type NetworkInput } from './network-spec';
import { firstZones, Subnets } from './subnets';

/** What a network has a private way to unless told otherwise: the one that costs nothing. */
export const DEFAULT_NEEDS: readonly Pick<NetworkNeed, 'service'>[] = [{ service: 'objects' }];

export type NetworkProps = NetworkInput & {
  /** Services that something in the subnets calls, from `networkNeeds` of the plan. Default: objects. */
  readonly needs?: readonly Pick<NetworkNeed, 'service'>[];
  /** Key of the flow log; its policy must let in the service `logs`. Default: a key of its own. */
  readonly encryptionKey?: kms.IKey;
  /** Name of the flow log's group after `/aws/vpc/`, a name of the plan. Default: a name after this construct. */
  readonly logName?: string;
  /** How long flows stay on record. Default: a year. */
  readonly flowLogRetention?: logs.RetentionDays;
  /** Names of the availability zones, where some of the region do not do. Default: the first ones of the region. */
  readonly availabilityZones?: readonly string[];
};

/** A network that somebody else or another stack runs. Ids may be tokens. */
export interface NetworkAttributes {
  readonly vpcId: string;
  /** Ids of the private subnets. One token for all, such as a split parameter, needs `subnetCount`. */
  readonly subnetIds: readonly string[];
  /** Number of subnets, where `subnetIds` is one token. */
  readonly subnetCount?: number;
  /** Zones of the subnets, in their order. Default: the first ones of the region. */
  readonly availabilityZones?: readonly string[];
}

/** Native resources of a network that was created. */
export interface CreatedNetwork {
  readonly resource: ec2.CfnVPC;
  readonly endpoints: Endpoints;
  readonly flowLog: FlowLog;
  /** None when isolated. */
  readonly natGateways: readonly ec2.CfnNatGateway[];
}

/** A network as what runs in it sees it. */
export interface INetwork {
  readonly vpc: ec2.IVpc;
  readonly vpcId: string;
  /** The private subnets. */
  readonly subnets: readonly ec2.ISubnet[];
  readonly subnetIds: readonly string[];
  readonly grants: NetworkGrants;
  readonly grantors: Required<Pick<Grantors, 'network'>>;
}

/**
 * The private network that trainings run in.
 *
 * - `isolated` (default): private subnets without any route to the internet, and a private endpoint for each service that
 *   something in them calls, open to this account and its own resources only.
 * - `nat`: the same subnets with a way out through NAT gateways, which reaches the services too; objects keep their
 *   gateway endpoint, which costs nothing, so buckets of other accounts in this region are out of reach.
 * - `existing`: a network that somebody else runs, by its ids; nothing is created.
 *
 * Changing the mode, the zones or the needs never replaces the network or its private subnets.
 */
export class Network extends Construct implements INetwork {
  public readonly vpc: ec2.IVpc;
  public readonly vpcId: string;
  public readonly subnets: readonly ec2.ISubnet[];
  public readonly subnetIds: readonly string[];
  public readonly grants: NetworkGrants;
  public readonly grantors: Required<Pick<Grantors, 'network'>>;
  /** What was created; undefined for an existing network. */
  public readonly created: CreatedNetwork | undefined;

  /**
   * A network that somebody else or another stack runs.
   * @throws Error when the number of subnets cannot be known.
   */
  static fromIds(scope: Construct, id: string, attributes: NetworkAttributes): INetwork {
    return imported(new Construct(scope, id), attributes);
  }

  /** @throws SpecError when the range, the zones or the gateways cannot be had. */
  constructor(scope: Construct, id: string, props: NetworkProps = {}) {
    super(scope, id);
    const network = completeNetwork(this, props);
    const parts =
      network.mode === 'existing'
        ? imported(this, { vpcId: network.aws.vpc, subnetIds: network.aws.subnets })
        : created(this, network, props);
    this.vpc = parts.vpc;
    this.vpcId = parts.vpcId;
    this.subnets = parts.subnets;
    this.subnetIds = parts.subnetIds;
    this.grants = parts.grants;
    this.grantors = parts.grantors;
    this.created = parts.created;
  }

  /**
   * A metric of AWS/NATGateway, such as ErrorPortAllocation, for one gateway, counted from 1.
   * @throws Error when there is no such gateway.
   */
  metricNat(
    metricName: string,
    gateway = 1,
    options: cloudwatch.MetricOptions = { statistic: 'Sum' },
  ): cloudwatch.Metric {
    const found = this.created?.natGateways[gateway - 1];
    if (found === undefined) throw new Error(`${this.node.path}: there is no NAT gateway ${gateway}.`);
    return new cloudwatch.Metric({
      namespace: 'AWS/NATGateway',
      metricName,
      dimensionsMap: { NatGatewayId: found.attrNatGatewayId },
      ...options,
    });
  }
}

function created(scope: Construct, network: Exclude<NetworkSpec, { mode: 'existing' }>, props: NetworkProps) {
  const { cidr } = network;
  const zones = props.availabilityZones ?? firstZones(network.zones);
  const resource = new ec2.CfnVPC(scope, 'Vpc', { cidrBlock: cidr, enableDnsHostnames: true, enableDnsSupport: true });
  Tags.of(resource).add('Name', scope.node.path);
  acknowledge(
    resource,
    inSharedPacks(
      'VPCDefaultSecurityGroupClosed',
      'Nothing here uses the default group, and CloudFormation cannot change it without a custom resource.',
    ),
  );
  const vpcId = resource.ref;
  const { privateSubnets, routeTables, natGateways } = new Subnets(scope, 'Subnets', {
    vpcId,
    cidr,
    availabilityZones: zones,
    gateways: network.mode === 'nat' ? network.gateways : 0,
  });
  const subnetIds = privateSubnets.map(({ ref }) => ref);
  const routeTableIds = routeTables.map(({ ref }) => ref);
  const vpc = ec2.Vpc.fromVpcAttributes(scope, 'Network', {
    vpcId,
    vpcCidrBlock: cidr,
    availabilityZones: [...zones],
    ...(network.mode === 'nat'
      ? { privateSubnetIds: subnetIds, privateSubnetRouteTableIds: routeTableIds }
      : { isolatedSubnetIds: subnetIds, isolatedSubnetRouteTableIds: routeTableIds }),
  });
  const endpoints = new Endpoints(scope, 'Endpoints', {
    vpc,
    cidr,
    subnetIds,
    routeTableIds,
    services: (props.needs ?? DEFAULT_NEEDS).map(({ service }) => service),
    interfaces: network.mode === 'isolated',
  });
  const flowLog = new FlowLog(scope, 'FlowLog', {
    vpcId,
    encryptionKey:
      props.encryptionKey ?? customerKey(scope, 'Key', { description: 'Network flows', services: ['logs'] }),
    logName: props.logName,
    retention: props.flowLogRetention,
  });
  return {
    vpc,
    vpcId,
    subnets: network.mode === 'nat' ? vpc.privateSubnets : vpc.isolatedSubnets,
    subnetIds,
    ...grantsOn(scope, vpcId, subnetIds),
    created: { resource, endpoints, flowLog, natGateways },
  };
}

function imported(scope: Construct, attributes: NetworkAttributes) {
  const { vpcId } = attributes;
  const subnetIds = separate(scope, attributes);
  const vpc = ec2.Vpc.fromVpcAttributes(scope, 'Network', {
    vpcId,
    availabilityZones: [...(attributes.availabilityZones ?? firstZones(subnetIds.length))],
    isolatedSubnetIds: [...subnetIds],
  });
  for (const subnet of vpc.isolatedSubnets)
    Annotations.of(subnet).acknowledgeWarning(
      '@aws-cdk/aws-ec2:noSubnetRouteTableId',
      'Whoever runs the network owns its routes; nothing here reads or changes them.',
    );
  return {
    vpc,
    vpcId,
    subnets: vpc.isolatedSubnets,
    subnetIds,
    ...grantsOn(scope, vpcId, subnetIds),
    created: undefined,
  };
}

/** Ids one by one: a list that is one token has no elements that could be counted or named. */
function separate(scope: Construct, { subnetIds, subnetCount }: NetworkAttributes): readonly string[] {
  if (!Token.isUnresolved(subnetIds)) return subnetIds;
  if (subnetCount === undefined)
    throw new Error(`${scope.node.path}: subnetIds is one token. Say how many subnets it has with subnetCount.`);
  return Array.from({ length: subnetCount }, (_, i) => Fn.select(i, [...subnetIds]));
}

function grantsOn(
  scope: Construct,
  vpcId: string,
  subnetIds: readonly string[],
): Pick<INetwork, 'grants' | 'grantors'> {
  const grants = new NetworkGrants(Stack.of(scope), vpcId, subnetIds);
  return { grants, grantors: { network: (verb, _name, to) => grants[verb](to) } };
}
