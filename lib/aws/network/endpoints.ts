import { Stack, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { PRIVATE_SERVICES, type PrivateService } from '../../plan/network-needs';
import { endpointPolicy } from './endpoint-policies';
import { INTERFACE_NAMES } from './interface-names';

export interface EndpointsProps {
  readonly vpc: ec2.IVpc;
  /** Range of the network, from which the interfaces are reached. */
  readonly cidr: string;
  readonly subnetIds: readonly string[];
  readonly routeTableIds: readonly string[];
  readonly services: readonly PrivateService[];
  /** Whether to make interfaces: without a route to the internet there is no other way. */
  readonly interfaces: boolean;
}

/** Private ways from the subnets of a network to the services that something in them calls. */
export class Endpoints extends Construct {
  /** Endpoints by the name that AWS gives the service: `s3`, `ecr.api`. */
  public readonly byService: Readonly<Record<string, ec2.CfnVPCEndpoint>>;

  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    const byService: Record<string, ec2.CfnVPCEndpoint> = {};
    const policies = (service: PrivateService) => endpointPolicy(service, Stack.of(this), props.services);
    const used = PRIVATE_SERVICES.filter((service) => props.services.includes(service));
    const groups = props.interfaces && used.some((service) => service !== 'objects') ? [this.securityGroup(props)] : [];

    for (const service of used) {
      if (service === 'objects') {
        byService.s3 = this.endpoint('s3', {
          vpcId: props.vpc.vpcId,
          serviceName: ec2.GatewayVpcEndpointAwsService.S3.name,
          vpcEndpointType: 'Gateway',
          routeTableIds: [...props.routeTableIds],
          policyDocument: policies(service),
        });
      } else if (props.interfaces) {
        for (const name of INTERFACE_NAMES[service])
          byService[name] = this.endpoint(name, {
            vpcId: props.vpc.vpcId,
            serviceName: new ec2.InterfaceVpcEndpointAwsService(name).name,
            vpcEndpointType: 'Interface',
            privateDnsEnabled: true,
            subnetIds: [...props.subnetIds],
            securityGroupIds: groups,
            policyDocument: policies(service),
          });
      }
    }
    this.byService = byService;
  }

  private endpoint(name: string, props: ec2.CfnVPCEndpointProps): ec2.CfnVPCEndpoint {
    const endpoint = new ec2.CfnVPCEndpoint(this, name, props);
    Tags.of(endpoint).add('Name', endpoint.node.path);
    return endpoint;
  }

  /** Descriptions can never change: CloudFormation would replace the group. */
  private securityGroup({ vpc, cidr }: EndpointsProps): string {
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Private endpoints',
      allowAllOutbound: false,
    });
    group.addIngressRule(ec2.Peer.ipv4(cidr), ec2.Port.HTTPS, 'From inside the network');
    return group.securityGroupId;
  }
}
