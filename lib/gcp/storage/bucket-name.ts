import type { PlatformNames } from '../../plan/names';
import { numberOf, type Target } from '../target';

/** Digits of a project number at most, for which a name keeps room whatever the project's are. */
const NUMBER_LENGTH = 13;

/** Name of a bucket, unique in the world through the number of its project, which no other project has. */
export function gcpBucketName(names: PlatformNames, part: string, target: Pick<Target, 'projectNumber'>): string {
  return `${names.bucket(part, 1 + NUMBER_LENGTH)}-${numberOf(target)}`;
}
