import { Fn, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge, inSharedPacks } from '../policy/acknowledge';
import { planAddresses } from './address-plan';

export interface SubnetsProps {
  readonly vpcId: string;
  readonly cidr: string;
  /** One subnet each, in this order. */
  readonly availabilityZones: readonly string[];
  /** NAT gateways; without one there is no route to the internet. */
  readonly gateways: number;
}

/**
 * A private subnet with a route table of its own in each zone, and NAT gateways where asked for, each in a small public
 * subnet. Whatever is added or taken away, the others keep their ids, ranges and tables.
 */
export class Subnets extends Construct {
  public readonly privateSubnets: readonly ec2.CfnSubnet[];
  public readonly routeTables: readonly ec2.CfnRouteTable[];
  public readonly natGateways: readonly ec2.CfnNatGateway[];
  private readonly vpcId: string;

  constructor(scope: Construct, id: string, props: SubnetsProps) {
    super(scope, id);
    this.vpcId = props.vpcId;
    const { privateRanges, publicRanges } = planAddresses(props.cidr);
    this.routeTables = props.availabilityZones.map((_, i) =>
      named(new ec2.CfnRouteTable(this, `Routes${i + 1}`, { vpcId: this.vpcId })),
    );
    this.privateSubnets = props.availabilityZones.map((zone, i) =>
      this.subnet(`Private${i + 1}`, zone, privateRanges[i] ?? '', this.routeTables[i]?.ref ?? ''),
    );
    this.natGateways =
      props.gateways === 0 ? [] : this.natIn(props.availabilityZones.slice(0, props.gateways), publicRanges);
    this.routeTables.forEach((table, i) => {
      const gateway = this.natGateways[i % this.natGateways.length];
      if (gateway !== undefined)
        new ec2.CfnRoute(this, `Internet${i + 1}`, {
          routeTableId: table.ref,
          destinationCidrBlock: '0.0.0.0/0',
          natGatewayId: gateway.ref,
        });
    });
  }

  private natIn(zones: readonly string[], ranges: readonly string[]): readonly ec2.CfnNatGateway[] {
    const internet = named(new ec2.CfnInternetGateway(this, 'InternetGateway'));
    const attachment = new ec2.CfnVPCGatewayAttachment(this, 'InternetAttachment', {
      vpcId: this.vpcId,
      internetGatewayId: internet.ref,
    });
    const routes = named(new ec2.CfnRouteTable(this, 'PublicRoutes', { vpcId: this.vpcId }));
    const way = new ec2.CfnRoute(this, 'PublicInternet', {
      routeTableId: routes.ref,
      destinationCidrBlock: '0.0.0.0/0',
      gatewayId: internet.ref,
    });
    way.addResourceDependency(attachment);
    acknowledge(
      way,
      inSharedPacks(
        'VPCNoUnrestrictedRouteToIGW',
        'Only NAT gateways are in the public subnets; this is their way out.',
      ),
    );
    return zones.map((zone, i) => {
      const subnet = this.subnet(`Public${i + 1}`, zone, ranges[i] ?? '', routes.ref);
      const address = named(new ec2.CfnEIP(this, `NatAddress${i + 1}`, { domain: 'vpc' }));
      address.addResourceDependency(attachment);
      const gateway = named(
        new ec2.CfnNatGateway(this, `Nat${i + 1}`, { subnetId: subnet.ref, allocationId: address.attrAllocationId }),
      );
      gateway.addResourceDependency(way);
      return gateway;
    });
  }

  private subnet(id: string, availabilityZone: string, cidrBlock: string, routeTableId: string): ec2.CfnSubnet {
    const subnet = named(
      new ec2.CfnSubnet(this, id, { vpcId: this.vpcId, availabilityZone, cidrBlock, mapPublicIpOnLaunch: false }),
    );
    new ec2.CfnSubnetRouteTableAssociation(this, `${id}Association`, { subnetId: subnet.ref, routeTableId });
    return subnet;
  }
}

/** The first zones of a region, in its own order: a token, so nobody has to look up the zones of an account. */
export const firstZones = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => Fn.select(i, Fn.getAzs()));

function named<T extends Construct>(resource: T): T {
  Tags.of(resource).add('Name', resource.node.path);
  return resource;
}
