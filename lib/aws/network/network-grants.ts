import { Arn, type Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { allow } from '../access/grant-statement';

/** Grants on a private network. */
export class NetworkGrants {
  constructor(
    private readonly stack: Stack,
    private readonly vpcId: string,
    private readonly subnetIds: readonly string[],
  ) {}

  /**
   * Lets a service run jobs of this role in the network: it makes an interface in a subnet for each, lends it to the
   * job's machine, and takes it away afterwards. Source: SageMaker developer guide, "SageMaker roles", CreateTrainingJob
   * API, private VPC; conditions: Service Authorization Reference, Amazon EC2.
   */
  attach(to: iam.IGrantable): void {
    const inThisNetwork = { ArnEquals: { 'ec2:Vpc': this.arn('vpc', this.vpcId) } };
    const interfaces = this.arn('network-interface', '*');
    const subnets = this.subnetIds.map((id) => this.arn('subnet', id));
    allow(to, ['ec2:CreateNetworkInterface'], [...subnets, interfaces]);
    allow(to, ['ec2:CreateNetworkInterface'], [this.arn('security-group', '*')], inThisNetwork);
    allow(
      to,
      ['ec2:CreateNetworkInterfacePermission', 'ec2:DeleteNetworkInterface', 'ec2:DeleteNetworkInterfacePermission'],
      [interfaces],
      inThisNetwork,
    );
    allow(
      to,
      [
        'ec2:DescribeDhcpOptions',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      ['*'],
    );
  }

  private arn(resource: string, resourceName: string): string {
    return Arn.format({ service: 'ec2', resource, resourceName }, this.stack);
  }
}
