import { RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { allow } from '../access/grant-statement';
import type { Grantors } from '../access/grantors';
import { customerKey } from '../keys/customer-key';
import { grantKey } from '../keys/key-grants';
import { LOCK_EXPIRY, LOCK_KEY } from '../machine/lock-states';
import { acknowledge } from '../policy/acknowledge';
import { type DataRemovalProps, dataRemovalPolicy } from '../removal';

const NO_BACKUP = 'Locks live for minutes; an old one restored would block work.';

export interface LocksProps extends DataRemovalProps {
  /** A name of the plan. Default: CloudFormation makes one. */
  readonly tableName?: string;
  /** Default: a key of its own. */
  readonly encryptionKey?: kms.IKey;
}

/** Locks of somebody else's table. */
export interface LocksAttributes {
  readonly tableName: string;
  /** Key of the table; without it grants say nothing of a key. */
  readonly encryptionKey?: kms.IKey;
}

/** Where machines hold a lock for each thing they own. */
export interface ILocks {
  readonly tableName: string;
  readonly tableArn: string;
  readonly grants: LockGrants;
  readonly grantors: Required<Pick<Grantors, 'lock'>>;
}

/** Grants on locks. */
export class LockGrants {
  constructor(
    private readonly tableArn: string,
    private readonly encryptionKey?: kms.IKey,
  ) {}

  /**
   * Lets someone take and give back the lock `name` and the locks below it, such as `datasets/transactions` below
   * `datasets`, and no other.
   */
  hold(name: string, to: iam.IGrantable): void {
    allow(to, ['dynamodb:PutItem', 'dynamodb:DeleteItem'], [this.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [name, `${name}/*`] },
      // ForAllValues holds for a request that names no key at all.
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    if (this.encryptionKey !== undefined) grantKey(this.encryptionKey, 'encrypt', to);
  }
}

/**
 * One table of locks. A lock is an item with its owner and the time at which it is free again, so a holder that crashed
 * blocks nobody for ever; `lockStates` and `unlockStates` take and give it in a machine.
 */
export class Locks extends Construct implements ILocks {
  public readonly table: dynamodb.Table;
  public readonly tableName: string;
  public readonly tableArn: string;
  public readonly encryptionKey: kms.IKey;
  public readonly grants: LockGrants;
  public readonly grantors: Required<Pick<Grantors, 'lock'>>;

  /** Locks of another stack, by the name of their table. */
  static fromName(scope: Construct, id: string, attributes: LocksAttributes): ILocks {
    const { tableName, tableArn } = dynamodb.Table.fromTableName(scope, id, attributes.tableName);
    return { tableName, tableArn, ...grantsOn(tableArn, attributes.encryptionKey) };
  }

  constructor(scope: Construct, id: string, props: LocksProps = {}) {
    super(scope, id);
    const removalPolicy = dataRemovalPolicy(this, props);
    this.encryptionKey = props.encryptionKey ?? customerKey(this, 'Key', { description: 'Locks' });
    this.table = new dynamodb.Table(this, 'Table', {
      ...(props.tableName === undefined ? {} : { tableName: props.tableName }),
      partitionKey: { name: LOCK_KEY, type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: LOCK_EXPIRY,
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.encryptionKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy,
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
    });
    acknowledge(this.table, {
      'NIST.800.53.R5-DynamoDBInBackupPlan': NO_BACKUP,
      'HIPAA.Security-DynamoDBInBackupPlan': NO_BACKUP,
    });
    this.tableName = this.table.tableName;
    this.tableArn = this.table.tableArn;
    const { grants, grantors } = grantsOn(this.tableArn, this.encryptionKey);
    this.grants = grants;
    this.grantors = grantors;
  }

  /** Tries that found a lock taken, or lost. Source: DynamoDB developer guide, "DynamoDB metrics and dimensions". */
  metricConditionalCheckFailedRequests(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.table.metricConditionalCheckFailedRequests(props);
  }

  /** Tries to take or give back a lock that DynamoDB throttled. It counts them by operation, so this is a sum. */
  metricThrottledRequests(props?: cloudwatch.MetricOptions): cloudwatch.IMetric {
    return this.table.metricThrottledRequestsForOperations({
      operations: [dynamodb.Operation.PUT_ITEM, dynamodb.Operation.DELETE_ITEM],
      ...props,
    });
  }
}

function grantsOn(tableArn: string, encryptionKey?: kms.IKey): Pick<ILocks, 'grants' | 'grantors'> {
  const grants = new LockGrants(tableArn, encryptionKey);
  return { grants, grantors: { lock: (verb, name, to) => grants[verb](name, to) } };
}
