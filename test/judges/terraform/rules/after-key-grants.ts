import { dependencies } from '../../../support/terraform-expressions';
import { resourcesOf, type TerraformStack } from '../../../support/terraform-stacks';
import { appliedBefore } from '../applied-before';
import { keysOf } from '../customer-keys';
import type { Rule } from '../rule';
import { serviceOf } from '../services';

interface KeyGrant {
  readonly address: string;
  readonly key: string;
  readonly member: string;
}

/** A service refuses to make what names a key that its agent may not use yet. */
export const afterKeyGrants: Rule = (stack, { platform }) => {
  const before = dependencies(stack);
  const here = keyGrants(stack);
  const earlier = appliedBefore(stack, platform).flatMap(keyGrants);
  return resourcesOf(stack).flatMap(({ address, type, body }) => {
    const keys = keysOf(type, body).flatMap(({ key }) => (typeof key === 'string' ? [key] : []));
    return [...new Set(keys.map((key) => keyName(stack, key)))].flatMap((key) => {
      const agent = serviceOf(type)?.agent;
      if (agent === undefined) return [{ address, message: `no agent is known for ${type}: add it to the services` }];
      const suits = (grant: KeyGrant) => grant.key === key && grant.member.includes(agent);
      const grants = here.filter(suits);
      if (grants.length === 0 && !earlier.some(suits))
        return [{ address, message: `nothing lets ${agent} use the key ${key} before it` }];
      return grants
        .filter((grant) => !before.get(address)?.has(grant.address))
        .map((grant) => ({ address, message: `does not wait for ${grant.address}` }));
    });
  });
};

function keyGrants(stack: TerraformStack): readonly KeyGrant[] {
  return resourcesOf(stack)
    .filter(({ type, body }) => type === 'google_kms_crypto_key_iam_member' && /encrypter/i.test(String(body.role)))
    .map(({ address, body }) => ({
      address,
      key: keyName(stack, String(body.crypto_key_id)),
      member: String(body.member),
    }));
}

/** A key by its own name, however it is written: stacks name each other's keys in full. */
function keyName({ json }: TerraformStack, value: string): string {
  const [, reference] = /\$\{google_kms_crypto_key\.([\w-]+)\./.exec(value) ?? [];
  if (reference !== undefined) return String(json.resource?.google_kms_crypto_key?.[reference]?.name ?? reference);
  return /cryptoKeys\/([\w-]+)/.exec(value)?.[1] ?? value;
}
