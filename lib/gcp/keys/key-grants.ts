import { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member';
import type { AccessVerbs, KeyName } from '../../plan/access';
import { after } from '../access/after';
import { grantOnce, type IGrantee } from '../access/grantee';
import { ENCRYPT_DECRYPT } from './customer-key';
import type { EncryptionKey } from './encryption-key';

const ROLES: Readonly<Record<AccessVerbs['key'], string>> = {
  encrypt: ENCRYPT_DECRYPT,
  decrypt: 'roles/cloudkms.cryptoKeyDecrypter',
};

/**
 * Grants on the keys of a platform, for programs that call Cloud KMS themselves. What Google's services encrypt, their
 * agents encrypt: no workload needs a grant for that.
 */
export class KeyGrants {
  constructor(private readonly keys: Readonly<Record<KeyName, EncryptionKey>>) {}

  /** Lets someone encrypt and decrypt with the key. */
  encrypt(name: KeyName, to: IGrantee): void {
    this.grant('encrypt', name, to);
  }

  /** Lets someone decrypt with the key. */
  decrypt(name: KeyName, to: IGrantee): void {
    this.grant('decrypt', name, to);
  }

  private grant(verb: AccessVerbs['key'], name: KeyName, to: IGrantee): void {
    const { id: cryptoKeyId, ready } = this.keys[name];
    grantOnce(to, { id: `Key-${cryptoKeyId.replaceAll('/', '.')}-${verb}` }, (scope, id) => {
      return new KmsCryptoKeyIamMember(scope, id, {
        cryptoKeyId,
        role: ROLES[verb],
        member: to.member,
        dependsOn: [...after(scope, ready)],
      });
    });
  }
}
