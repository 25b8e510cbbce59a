import type { IGrantee } from '../access/grantee';
import type { BucketRef } from '../storage/bucket-ref';
import { grantObjects } from '../storage/grant-objects';

/** Object of a lock by the lock's name in the plan. */
export const lockObject = (lock: string): string => `locks/${lock}`;

/** Grants on locks and records. */
export class RecordsGrants {
  constructor(private readonly bucket: BucketRef) {}

  /**
   * Lets someone take and give back the lock `name` and the locks below it, such as `endpoints/fraud` below `endpoints`,
   * and no other.
   */
  hold(name: string, to: IGrantee): void {
    grantObjects(this.bucket, 'write', lockObject(name), to);
  }

  /** Lets someone read the record at a path and all below it, such as `models/fraud/champion`, and list them. */
  read(path: string, to: IGrantee): void {
    grantObjects(this.bucket, 'read', path, to);
  }

  /** Lets someone read, write and remove them as well. */
  write(path: string, to: IGrantee): void {
    grantObjects(this.bucket, 'write', path, to);
  }
}
