import { BigqueryConnection } from '@cdktf/provider-google/lib/bigquery-connection';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { Construct } from 'constructs';
import { after } from '../access/after';
import type { EncryptionKey } from '../keys/encryption-key';
import { type DataRemoval, type DataRemovalProps, dataRemoval } from '../removal';
import type { BucketRef } from '../storage/bucket-ref';
import type { Target } from '../target';

/**
 * What BigQuery needs on a bucket of tables. Source: BigQuery documentation, "Apache Iceberg managed tables", "Required
 * roles".
 */
export const CONNECTION_ROLES = ['roles/storage.objectUser', 'roles/storage.legacyBucketReader'] as const;

export interface TableConnectionProps extends DataRemovalProps {
  readonly target: Target;
  /** A name of the plan (kind `compute`). */
  readonly name: string;
  readonly encryptionKey: EncryptionKey;
}

/**
 * The identity that BigQuery reads and writes the files of tables as. Google makes its service account. Without it and its
 * grants nobody reads the tables that are there, so both are protected as those are.
 */
export class TableConnection extends Construct {
  public readonly resource: BigqueryConnection;
  /** `project.region.name`. */
  public readonly connectionId: string;
  /** Known to Terraform alone, once the connection is made. */
  public readonly member: string;

  private readonly lifecycle: DataRemoval['lifecycle'];

  constructor(scope: Construct, id: string, props: TableConnectionProps) {
    super(scope, id);
    const { target, name, encryptionKey } = props;
    const { project, region } = target;
    this.lifecycle = dataRemoval(this, props).lifecycle;
    this.resource = new BigqueryConnection(this, 'Connection', {
      project,
      location: region,
      connectionId: name,
      description: 'Files of the tables of the data lake',
      cloudResource: {},
      kmsKeyName: encryptionKey.id,
      lifecycle: this.lifecycle,
      dependsOn: [...after(this, encryptionKey.ready)],
    });
    this.connectionId = `${project}.${region}.${name}`;
    this.member = `serviceAccount:${this.resource.cloudResource.serviceAccountId}`;
  }

  /** Lets BigQuery keep tables in a bucket, and gives the grants: tables come after them. */
  grantKeep(bucket: BucketRef): readonly StorageBucketIamMember[] {
    return CONNECTION_ROLES.map(
      (role) =>
        new StorageBucketIamMember(this, `${bucket.bucketName}-${role.replace('roles/', '')}`, {
          bucket: bucket.bucketName,
          role,
          member: this.member,
          lifecycle: this.lifecycle,
          dependsOn: [...after(this, [bucket.resource])],
        }),
    );
  }
}
