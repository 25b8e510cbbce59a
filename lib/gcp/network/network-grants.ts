import { ComputeSubnetworkIamMember } from '@cdktf/provider-google/lib/compute-subnetwork-iam-member';
import type { ITerraformDependable } from 'cdktf';
import { after } from '../access/after';
import { grantOnce, type IGrantee } from '../access/grantee';

/** A subnetwork as grants see it. */
export interface SubnetworkRef {
  /** Project that owns it. */
  readonly project: string;
  readonly region: string;
  readonly subnetworkName: string;
  readonly ready: readonly ITerraformDependable[];
}

/** Grants on a private network. */
export class NetworkGrants {
  constructor(private readonly subnetwork: SubnetworkRef) {}

  /**
   * Lets someone put machines and interfaces into the subnetwork, and no other. Source: Compute Engine documentation, "IAM
   * roles and permissions", Compute Network User.
   */
  attach(to: IGrantee): void {
    const { project, region, subnetworkName, ready } = this.subnetwork;
    grantOnce(to, { id: `Network-${project}-${subnetworkName}`, project, region }, (scope, id) => {
      return new ComputeSubnetworkIamMember(scope, id, {
        project,
        region,
        subnetwork: subnetworkName,
        role: 'roles/compute.networkUser',
        member: to.member,
        dependsOn: [...after(scope, ready)],
      });
    });
  }
}
