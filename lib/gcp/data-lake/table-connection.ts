import { BigqueryConnection } from '@cdktf/provider-google/lib/bigquery-connection';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { Construct } from 'constructs';
import { after } from '../access/after';
import type { EncryptionKey } from '../keys/encryption-key';
import type { BucketRef } from '../storage/bucket-ref';
import type { Target } from '../target';

/**
 * What BigQuery needs on a bucket of tables. Source: BigQuery documentation, "Apache Iceberg managed tables", "Required
 * roles".
 */
export const CONNECTION_ROLES = ['roles/storage.objectUser', 'roles/storage.legacyBucketReader'] as const;

export interface TableConnectionProps {
  readonly target: Target;
  /** A name of the plan (kind `compute`). */
  readonly name: string;
  readonly encryptionKey: EncryptionKey;
}

/** The identity that BigQuery reads and writes the files of tables as. Google makes its service account. */
export class TableConnection extends Construct {
  public readonly resource: BigqueryConnection;
  /** `project.region.name`. */
  public readonly connectionId: string;
  /** Known to Terraform alone, once the connection is made. */
  public readonly member: string;

  constructor(scope: Construct, id: string, { target, name, encryptionKey }: TableConnectionProps) {
    super(scope, id);
    const { project, region } = target;
    this.resource = new BigqueryConnection(this, 'Connection', {
      project,
      location: region,
      connectionId: name,
      description: 'Files of the tables of the data lake',
      cloudResource: {},
      kmsKeyName: encryptionKey.id,
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
          dependsOn: [...after(this, [bucket.resource])],
        }),
    );
  }
}
