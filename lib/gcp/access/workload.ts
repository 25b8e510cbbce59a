import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import type { AccessEdge } from '../../plan/access';
import type { PlatformNames } from '../../plan/names';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { accountEmail, type Target } from '../target';
import type { IGrantee, Place, Ready } from './grantee';
import { applyAccess, type Grantors } from './grantors';

export interface WorkloadProps {
  readonly target: Target;
  /** Id of its service account, a name of the plan (kind `serviceAccount`, 6 to 30 characters). */
  readonly accountId: string;
  /** What the workload may do, from the access plan. */
  readonly access: readonly AccessEdge[];
  /** Who grants that. */
  readonly grantors: Grantors;
  readonly description?: string;
  /** Names of the platform that it is of. Ids of grants of that platform's roles need not say so. */
  readonly names?: PlatformNames;
}

/** A service account of its own with just the grants of the access plan. */
export class Workload extends Construct implements IGrantee {
  public readonly serviceAccount: ServiceAccount;
  public readonly email: string;
  public readonly member: string;
  /** The edges of the access plan that its grants render. */
  public readonly access: readonly AccessEdge[];
  public readonly scope: Construct = this;
  public readonly home: Place;

  constructor(scope: Construct, id: string, props: WorkloadProps) {
    super(scope, id);
    refuseForbidden(this);
    const { target, accountId } = props;
    this.access = props.access;
    const { project, region } = target;
    this.home = { project, region, ...(props.names === undefined ? {} : { roleSet: props.names.roleSet }) };
    this.serviceAccount = new ServiceAccount(this, 'Account', {
      project: target.project,
      accountId,
      displayName: accountId,
      ...(props.description === undefined ? {} : { description: props.description }),
    });
    this.email = accountEmail(accountId, target);
    this.member = this.serviceAccount.member;
    applyAccess(props.access, props.grantors, this);
  }

  /** The account and its grants: whatever acts as this workload is made after them. */
  get ready(): Ready {
    return this.node.findAll().filter((child) => TerraformResource.isTerraformResource(child));
  }
}
