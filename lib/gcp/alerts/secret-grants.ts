import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { grantOnce, type IGrantee } from '../access/grantee';
import type { Grantors } from '../access/grantors';
import type { Target } from '../target';

/**
 * Lets someone read the versions of a secret that a person made. Its value is in no template and no state. Source: Secret
 * Manager documentation, "Access control with IAM", Secret Accessor.
 */
export function grantSecret({ project }: Pick<Target, 'project'>, secret: string, to: IGrantee): void {
  grantOnce(to, { id: `Secret-${secret}`, project }, (scope, id) => {
    return new SecretManagerSecretIamMember(scope, id, {
      project,
      secretId: secret,
      role: 'roles/secretmanager.secretAccessor',
      member: to.member,
    });
  });
}

export const secretGrantors = (target: Target): Required<Pick<Grantors, 'secret'>> => ({
  secret: (_verb, name, to) => grantSecret(target, name, to),
});
