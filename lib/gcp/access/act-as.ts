import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import { accountEmail, type Target } from '../target';
import { after } from './after';
import { grantOnce, type IGrantee } from './grantee';

/** Lets someone start things that run as an account. */
export function grantActAs(
  target: Pick<Target, 'project'>,
  accountId: string,
  account: ServiceAccount | undefined,
  to: IGrantee,
): void {
  const { project } = target;
  grantOnce(to, { id: `ActAs-${accountId}`, project }, (scope, id) => {
    return new ServiceAccountIamMember(scope, id, {
      serviceAccountId: `projects/${project}/serviceAccounts/${accountEmail(accountId, { project })}`,
      role: 'roles/iam.serviceAccountUser',
      member: to.member,
      dependsOn: [...after(scope, [account])],
    });
  });
}
