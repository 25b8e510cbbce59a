import type { IGrantee } from '../access/grantee';
import type { BucketRef } from '../storage/bucket-ref';
import { grantObjects } from '../storage/grant-objects';

/** Grants on files of the artifact store below one prefix, such as `training/artifacts`. */
export class ArtifactGrants {
  constructor(private readonly bucket: BucketRef) {}

  /** Lets someone list and read the files below a prefix. */
  read(prefix: string, to: IGrantee): void {
    grantObjects(this.bucket, 'read', prefix, to);
  }

  /** Lets someone list, read, write and delete the files below a prefix: who writes checkpoints reads and prunes them too. */
  write(prefix: string, to: IGrantee): void {
    grantObjects(this.bucket, 'write', prefix, to);
  }
}
