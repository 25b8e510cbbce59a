import { describe, expect, it } from 'vitest';
import { granteeOf } from '../../../lib/gcp/access/grantee';
import { ADOPT_KEYS, CustomerKey, type CustomerKeyProps } from '../../../lib/gcp/keys/customer-key';
import { Keys } from '../../../lib/gcp/keys/keys';
import { AGENT_IDS, agentMember, encryptersOf } from '../../../lib/gcp/services/service-agents';
import { KEYS } from '../../../lib/plan/access';
import { documentOf, gcpStack, resourceOf, resourcesOf, TARGET } from '../../support/gcp-synth';

const RING = 'projects/fraud-prod/locations/europe-west4/keyRings/fraud-prod';

const keys = (props = {}, context = {}) => {
  const stack = gcpStack({ context });
  return { stack, made: new Keys(stack, 'Keys', { target: TARGET, keyRingName: 'fraud-prod', ...props }) };
};

describe('Keys', () => {
  it('are one a purpose in one ring, rotated and protected', () => {
    const { stack, made } = keys();
    expect(resourceOf(stack, 'google_kms_key_ring')).toMatchObject({
      name: 'fraud-prod',
      location: 'europe-west4',
      lifecycle: { prevent_destroy: true },
    });
    const resources = Object.values(resourcesOf(stack, 'google_kms_crypto_key'));
    expect(resources.map(({ name }) => name).sort()).toEqual([...KEYS].sort());
    for (const resource of resources)
      expect(resource).toMatchObject({
        purpose: 'ENCRYPT_DECRYPT',
        rotation_period: '7776000s',
        destroy_scheduled_duration: '2592000s',
        lifecycle: { prevent_destroy: true },
      });
    expect(made.operations.id).toBe(`${RING}/cryptoKeys/operations`);
  });

  it('are granted to exactly the agents of the table, and whatever they encrypt waits for that', () => {
    const { stack, made } = keys();
    const grants = Object.values(resourcesOf(stack, 'google_kms_crypto_key_iam_member'));
    expect(grants).toHaveLength(KEYS.flatMap(encryptersOf).length);
    for (const key of KEYS) {
      const members = grants
        .filter(({ crypto_key_id }) => String(crypto_key_id).includes(`_${key}_`))
        .map(({ member, role }) => {
          expect(role).toBe('roles/cloudkms.cryptoKeyEncrypterDecrypter');
          return member;
        });
      expect(members.sort()).toEqual(
        encryptersOf(key)
          .map((agent) => agentMember(agent, TARGET))
          .sort(),
      );
      expect(made[key].ready).toHaveLength(1 + encryptersOf(key).length);
    }
  });

  it('go only when both keys are turned', () => {
    expect(() => keys({ destroyData: true })).toThrow(/does not allow data loss/);
    const { stack } = keys({ destroyData: true }, { 'mlops:allowDataLoss': 'true' });
    expect(resourceOf(stack, 'google_kms_key_ring').lifecycle).toEqual({ prevent_destroy: false });
  });

  it.each([
    ['a prop', { adopt: true }, {}],
    ['a flag of the app', {}, { [ADOPT_KEYS]: 'true' }],
  ])('of the same names are adopted by %s', (_, props, context) => {
    const { stack } = keys(props, context);
    const imports = documentOf(stack).import as { id: string }[];
    expect(imports.map(({ id }) => id).sort()).toEqual(
      [RING, ...KEYS.map((key) => `${RING}/cryptoKeys/${key}`)].sort(),
    );
    expect(documentOf(keys().stack)).not.toHaveProperty('import');
    expect(documentOf(keys({ adopt: false }, context).stack)).not.toHaveProperty('import');
  });

  it('have a ring of a name that Cloud KMS takes', () => {
    expect(() => new Keys(gcpStack(), 'Keys', { target: TARGET, keyRingName: 'bad ring!' })).toThrow(
      /keyRingName[\s\S]*bad ring!/,
    );
  });

  it('are not adopted by a flag that is neither true nor false, and say so', () => {
    expect(() => keys({}, { [ADOPT_KEYS]: 'yes' })).toThrow('mlops:adoptKeys is "yes". It can be true or false.');
  });

  it('of another stack are known by their ring, and wait for nothing', () => {
    const imported = Keys.fromRing('fraud-prod', TARGET);
    expect(imported.data).toEqual({ id: `${RING}/cryptoKeys/data`, ready: [] });
    const stack = gcpStack();
    imported.grants.decrypt('data', granteeOf(stack, 'group:ml@example.com'));
    imported.grants.decrypt('data', granteeOf(stack, 'group:ml@example.com'));
    expect(resourceOf(stack, 'google_kms_crypto_key_iam_member')).toMatchObject({
      crypto_key_id: `${RING}/cryptoKeys/data`,
      role: 'roles/cloudkms.cryptoKeyDecrypter',
      member: 'group:ml@example.com',
    });
  });
});

describe('CustomerKey', () => {
  it.each([
    ['agents', { agents: ['nope'] }, /agents[\s\S]*nope/],
    ['agents', { agents: ['storag'] }, /did you mean storage\?/],
    ['keyRingName', { keyRingName: 'a.b' }, /keyRingName[\s\S]*a\.b/],
    ['keyName', { keyName: 'my key' }, /keyName[\s\S]*my key/],
  ])('says what is wrong with its %s', (_, props, wrong) => {
    const all = { target: TARGET, keyRingName: 'ring', agents: ['storage'], ...props } as CustomerKeyProps;
    expect(() => new CustomerKey(gcpStack(), 'Key', all)).toThrow(wrong);
  });

  it('stands alone, with the agents that it is for', () => {
    const stack = gcpStack();
    const key = new CustomerKey(stack, 'Key', {
      target: TARGET,
      keyRingName: 'lake',
      agents: ['storage', 'bigquery', 'storage'],
    });
    expect(key.id).toBe('projects/fraud-prod/locations/europe-west4/keyRings/lake/cryptoKeys/lake');
    expect(Object.values(resourcesOf(stack, 'google_kms_crypto_key_iam_member')).map(({ member }) => member)).toEqual([
      agentMember('bigquery', TARGET),
      agentMember('storage', TARGET),
    ]);
    expect(AGENT_IDS).toContain('storage');
  });
});
