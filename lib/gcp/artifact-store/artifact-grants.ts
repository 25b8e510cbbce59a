import type { IGrantee } from '../access/grantee';
import type { BucketRef } from '../storage/bucket-ref';
import { grantObjects, grantWay } from '../storage/grant-objects';

/** Grants on files of the artifact store below one prefix, such as `training/artifacts`. */
export class ArtifactGrants {
  constructor(private readonly bucket: BucketRef) {}

  /** Lets someone list the files below a prefix. */
  list(prefix: string, to: IGrantee): void {
    grantObjects(this.bucket, 'list', prefix, to);
  }

  /** Lets someone list and read the files below a prefix. */
  read(prefix: string, to: IGrantee): void {
    grantObjects(this.bucket, 'read', prefix, to);
  }

  /** Lets someone list, read, write and delete the files below a prefix: who writes checkpoints reads and prunes them too. */
  write(prefix: string, to: IGrantee): void {
    grantObjects(this.bucket, 'write', prefix, to);
  }

  /**
   * Lets someone reach files below these prefixes by `/gcs/bucket/…`, beside reading or writing them. Names of all files of
   * the store can be read by that.
   */
  mount(prefixes: readonly string[], to: IGrantee): void {
    grantWay(this.bucket, prefixes, to);
  }
}
