import type { Stack } from 'aws-cdk-lib';
import type { PlatformNames } from '../../plan/names';

const ACCOUNT_LENGTH = 12;

/**
 * Name of a bucket, unique in the world through account and region. Both may be tokens, so room for them is kept by the
 * length they will have.
 */
export function bucketName(stack: Stack, names: PlatformNames, part: string, region: string): string {
  const reserve = 1 + ACCOUNT_LENGTH + 1 + region.length;
  return `${names.bucket(part, reserve)}-${stack.account}-${region}`;
}
