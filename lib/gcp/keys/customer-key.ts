import { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key';
import { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member';
import { KmsKeyRing } from '@cdktf/provider-google/lib/kms-key-ring';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { z } from 'zod';
import { ADOPT_KEYS, contextFlag } from '../../plan/context-flags';
import { refuseForbidden } from '../forbidden/refuse-forbidden';
import { findingsOf, refuseProps } from '../props';
import { type DataRemovalProps, dataRemoval } from '../removal';
import { AGENT_IDS, type AgentId, agentMember } from '../services/service-agents';
import type { Target } from '../target';
import type { EncryptionKey } from './encryption-key';

/** Days after which a key gets a new version that encrypts from then on. */
export const ROTATION_DAYS = 90;
/** Days for which a version that was to be destroyed can be restored. Source: Cloud KMS documentation, "Destroy and restore key versions". */
export const DESTROY_SCHEDULED_DAYS = 30;

export const ENCRYPT_DECRYPT = 'roles/cloudkms.cryptoKeyEncrypterDecrypter';

/** Source: Cloud KMS API, keyRings.create and cryptoKeys.create: letters, digits, `_` and `-`, 63 at most. */
const NAME = z.string().regex(/^[a-zA-Z0-9_-]{1,63}$/, { error: 'must be 1 to 63 letters, digits, _ and -' });
/** Parts of every ring's props. */
export const KEY_RING = z.object({ keyRingName: NAME });
const KEY = KEY_RING.extend({ keyName: NAME.optional(), agents: z.array(z.enum(AGENT_IDS)) });

export { ADOPT_KEYS };

export interface KeyRingProps extends DataRemovalProps {
  readonly target: Target;
  /** A name of the plan (kind `compute`). It is for ever: no key ring can be deleted. */
  readonly keyRingName: string;
  /**
   * Takes a key ring and keys of these names over that are there already, as after a destroy: Cloud KMS keeps both names
   * for ever, and making them again fails. Nothing happens to what this state has already. Default: the context flag
   * `mlops:adoptKeys` of the app, or not.
   *
   * A key whose versions were destroyed encrypts again once it has a new version, which Terraform does not make:
   * `gcloud kms keys versions create --primary --key=KEY --keyring=RING --location=REGION`.
   * Source: Cloud KMS documentation, "Cloud KMS resources", lifetime; Terraform language, "Import".
   */
  readonly adopt?: boolean;
}

export interface CustomerKeyProps extends KeyRingProps {
  /** Letters, digits, `_` and `-`. Default: that of the ring. */
  readonly keyName?: string;
  /** Agents of Google's services that encrypt with it in their own name. */
  readonly agents: readonly AgentId[];
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A key of the customer's own in a ring of its own, for a construct that stands alone. Rotated, protected from destruction;
 * the agents of the services that use it are granted it, and whatever is encrypted with it is made after those grants.
 */
export class CustomerKey extends Construct implements EncryptionKey {
  public readonly keyRing: KmsKeyRing;
  public readonly key: KmsCryptoKey;
  public readonly id: string;
  public readonly ready: readonly ITerraformDependable[];

  /** @throws SpecError for names that Cloud KMS does not take, and for agents that are not in the table. */
  constructor(scope: Construct, id: string, props: CustomerKeyProps) {
    super(scope, id);
    refuseForbidden(this);
    refuseProps(this, findingsOf(KEY, props));
    this.keyRing = keyRing(this, 'Ring', props);
    const {
      key,
      id: keyId,
      ready,
    } = cryptoKey(this, 'Key', this.keyRing, { ...props, keyName: props.keyName ?? props.keyRingName });
    this.key = key;
    this.id = keyId;
    this.ready = ready;
  }
}

/** A ring in the target's region, protected as data is. */
export function keyRing(scope: Construct, id: string, props: KeyRingProps): KmsKeyRing {
  const { project, region } = props.target;
  const ring = new KmsKeyRing(scope, id, {
    project,
    location: region,
    name: props.keyRingName,
    lifecycle: dataRemoval(scope, props).lifecycle,
  });
  if (adopts(scope, props)) ring.importFrom(ringId(props));
  return ring;
}

/** A key of a ring, and who encrypts with it. */
export function cryptoKey(
  scope: Construct,
  id: string,
  ring: KmsKeyRing,
  props: CustomerKeyProps & { readonly keyName: string },
): EncryptionKey & { readonly key: KmsCryptoKey } {
  const { target, keyName } = props;
  const keyId = `${ringId(props)}/cryptoKeys/${keyName}`;
  const key = new KmsCryptoKey(scope, id, {
    keyRing: ring.id,
    name: keyName,
    purpose: 'ENCRYPT_DECRYPT',
    rotationPeriod: days(ROTATION_DAYS),
    destroyScheduledDuration: days(DESTROY_SCHEDULED_DAYS),
    versionTemplate: { algorithm: 'GOOGLE_SYMMETRIC_ENCRYPTION', protectionLevel: 'SOFTWARE' },
    labels: { ...props.labels },
    lifecycle: dataRemoval(scope, props).lifecycle,
  });
  if (adopts(scope, props)) key.importFrom(keyId);
  const grants = [...new Set(props.agents)].map(
    (agent) =>
      new KmsCryptoKeyIamMember(scope, `${id}-${agent}`, {
        cryptoKeyId: key.id,
        role: ENCRYPT_DECRYPT,
        member: agentMember(agent, target),
      }),
  );
  return { key, id: keyId, ready: [key, ...grants] };
}

const ringId = ({ target: { project, region }, keyRingName }: KeyRingProps): string =>
  `projects/${project}/locations/${region}/keyRings/${keyRingName}`;

/** @throws ContextRefused for a flag that is neither true nor false. */
const adopts = (scope: Construct, { adopt }: KeyRingProps): boolean =>
  adopt ?? contextFlag(ADOPT_KEYS, scope.node.tryGetContext(ADOPT_KEYS));

const days = (count: number): string => `${count * 24 * 60 * 60}s`;
