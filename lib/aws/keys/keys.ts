import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { KEYS, type KeyName } from '../../plan/access';
import type { Grantors } from '../access/grantors';
import { customerKey, type KeyService } from './customer-key';
import { KeyGrants } from './key-grants';

/** What each key protects, and who uses it in the name of a service. */
const PURPOSES: Readonly<Record<KeyName, { readonly description: string; readonly services: readonly KeyService[] }>> =
  {
    data: { description: 'Data lake: files and tables', services: [] },
    artifacts: { description: 'Training artifacts, checkpoints, images and query results', services: ['nodes'] },
    operations: {
      description: 'Logs, alerts, locks and machines',
      services: ['logs', 'log-delivery', 'alarms', 'events', 'budgets', 's3', 'sns'],
    },
  };

export interface KeysProps {
  /** Aliases without `alias/`, names of the plan. Default: the keys have none. */
  readonly aliases?: Readonly<Record<KeyName, string>>;
}

/** The keys of a platform. */
export interface IKeys extends Readonly<Record<KeyName, kms.IKey>> {
  readonly grants: KeyGrants;
  readonly grantors: Required<Pick<Grantors, 'key'>>;
}

/**
 * The keys of a platform by what they protect: customer-managed, rotated every year, retained. A retained key has no
 * name that a next deployment could adopt it by: hand its ARN to `fromArns`, or import it into the stack.
 */
export class Keys extends Construct implements IKeys {
  public readonly data: kms.IKey;
  public readonly artifacts: kms.IKey;
  public readonly operations: kms.IKey;
  public readonly grants: KeyGrants;
  public readonly grantors: Required<Pick<Grantors, 'key'>>;

  /**
   * Keys of another stack or of somebody else; ARNs may be tokens. Their policies must let the same services in. The ARN
   * of a key is asked for when the key is first used.
   */
  static fromArns(scope: Construct, id: string, arns: Readonly<Record<KeyName, string>>): IKeys {
    const parent = new Construct(scope, id);
    const imported = (name: KeyName) =>
      (parent.node.tryFindChild(name) as kms.IKey | undefined) ?? kms.Key.fromKeyArn(parent, name, arns[name]);
    return withGrants({
      get data() {
        return imported('data');
      },
      get artifacts() {
        return imported('artifacts');
      },
      get operations() {
        return imported('operations');
      },
    });
  }

  constructor(scope: Construct, id: string, props: KeysProps = {}) {
    super(scope, id);
    const keys = withGrants(
      byName((name) => {
        const alias = props.aliases?.[name];
        return customerKey(this, name, { ...PURPOSES[name], ...(alias === undefined ? {} : { alias }) });
      }),
    );
    this.data = keys.data;
    this.artifacts = keys.artifacts;
    this.operations = keys.operations;
    this.grants = keys.grants;
    this.grantors = keys.grantors;
  }
}

function byName(make: (name: KeyName) => kms.IKey): Readonly<Record<KeyName, kms.IKey>> {
  return Object.fromEntries(KEYS.map((name) => [name, make(name)])) as Record<KeyName, kms.IKey>;
}

function withGrants(keys: Readonly<Record<KeyName, kms.IKey>>): IKeys {
  const grants = new KeyGrants(keys);
  const grantors: IKeys['grantors'] = { key: (verb, name, to) => grants[verb](nameOfKey(name), to) };
  return Object.defineProperties({ grants, grantors }, Object.getOwnPropertyDescriptors(keys)) as IKeys;
}

function nameOfKey(name: string): KeyName {
  const found = KEYS.find((key) => key === name);
  if (found === undefined) throw new Error(`There is no key '${name}'. The keys are ${KEYS.join(', ')}.`);
  return found;
}
