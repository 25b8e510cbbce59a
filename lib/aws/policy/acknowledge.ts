import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Records that a finding of a policy rule is meant, with the reason, on one resource. It writes metadata of the
 * construct only, so nobody needs cdk-nag installed. Rules are named as cdk-nag reports them, such as
 * `NIST.800.53.R5-S3BucketReplicationEnabled`, or with the finding where a rule has several:
 * `AwsSolutions-IAM5[Resource::*]`.
 */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}

const SHARED_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

/** One reason for a rule that the NIST, HIPAA and PCI packs share, such as `S3BucketReplicationEnabled`. */
export function inSharedPacks(rule: string, reason: string): Readonly<Record<string, string>> {
  return Object.fromEntries(SHARED_PACKS.map((pack) => [`${pack}-${rule}`, reason]));
}
