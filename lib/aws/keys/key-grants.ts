import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { AccessVerbs, KeyName } from '../../plan/access';
import { allow } from '../access/grant-statement';

/** What each verb on a key allows. Who encrypts also decrypts: multipart uploads, topics and tables read back what they wrote. */
const ACTIONS: Readonly<Record<AccessVerbs['key'], readonly string[]>> = {
  decrypt: ['kms:Decrypt', 'kms:DescribeKey'],
  encrypt: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
};

/** Lets someone use one key. The key's own policy stays as it is, so its stack does not depend on the other. */
export function grantKey(key: kms.IKey, verb: AccessVerbs['key'], to: iam.IGrantable): void {
  allow(to, ACTIONS[verb], [key.keyArn]);
}

/** Grants on the keys of a platform. */
export class KeyGrants {
  constructor(private readonly keys: Readonly<Record<KeyName, kms.IKey>>) {}

  /** Lets someone encrypt and decrypt what the key protects. */
  encrypt(name: KeyName, to: iam.IGrantable): void {
    grantKey(this.keys[name], 'encrypt', to);
  }

  /** Lets someone decrypt what the key protects. */
  decrypt(name: KeyName, to: iam.IGrantable): void {
    grantKey(this.keys[name], 'decrypt', to);
  }
}
