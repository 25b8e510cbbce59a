import type { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key';
import type { KmsKeyRing } from '@cdktf/provider-google/lib/kms-key-ring';
import { Construct } from 'constructs';
import { KEYS, type KeyName } from '../../plan/access';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { findingsOf, refuseProps } from '../props';
import { encryptersOf } from '../services/service-agents';
import type { Target } from '../target';
import { cryptoKey, KEY_RING, type KeyRingProps, keyRing } from './customer-key';
import { type EncryptionKey, keyFromId } from './encryption-key';
import { KeyGrants } from './key-grants';

export interface KeysProps extends KeyRingProps {
  readonly labels?: Readonly<Record<string, string>>;
}

/** The keys of a platform. */
export interface IKeys extends Readonly<Record<KeyName, EncryptionKey>> {
  readonly grants: KeyGrants;
}

/**
 * The keys of a platform by what they protect, in one ring: customer-managed, rotated every 90 days, protected. The agents
 * of all services that a platform may use are granted them, whatever its spec asks for today: a grant that went with a
 * capability would leave what it had encrypted unreadable. The agents must exist; `mlops bootstrap` says how to make them.
 */
export class Keys extends Construct implements IKeys {
  public readonly keyRing: KmsKeyRing;
  public readonly data: EncryptionKey;
  public readonly artifacts: EncryptionKey;
  public readonly operations: EncryptionKey;
  public readonly resources: Readonly<Record<KeyName, KmsCryptoKey>>;
  public readonly grants: KeyGrants;

  /** Keys of another stack, by the name of their ring. */
  static fromRing(keyRingName: string, { project, region }: Pick<Target, 'project' | 'region'>): IKeys {
    const ring = `projects/${project}/locations/${region}/keyRings/${keyRingName}`;
    return Keys.fromIds(byName((name) => `${ring}/cryptoKeys/${name}`));
  }

  /** Keys of somebody else, `projects/P/locations/R/keyRings/K/cryptoKeys/N`, which the same agents may use already. */
  static fromIds(ids: Readonly<Record<KeyName, string>>): IKeys {
    const keys = byName((name) => keyFromId(ids[name]));
    return { ...keys, grants: new KeyGrants(keys) };
  }

  /** @throws SpecError for a name that Cloud KMS does not take. */
  constructor(scope: Construct, id: string, props: KeysProps) {
    super(scope, id);
    refuseForbidden(this);
    refuseProps(this, findingsOf(KEY_RING, props));
    const ring = keyRing(this, 'Ring', props);
    const made = byName((name) => cryptoKey(this, name, ring, { ...props, keyName: name, agents: encryptersOf(name) }));
    this.keyRing = ring;
    this.data = made.data;
    this.artifacts = made.artifacts;
    this.operations = made.operations;
    this.resources = byName((name) => made[name].key);
    this.grants = new KeyGrants(made);
  }
}

const byName = <T>(make: (name: KeyName) => T): Readonly<Record<KeyName, T>> =>
  Object.fromEntries(KEYS.map((name) => [name, make(name)])) as Record<KeyName, T>;
