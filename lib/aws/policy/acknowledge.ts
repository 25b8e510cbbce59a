import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Records that a finding of a policy rule is meant, with the reason, on one resource. It writes metadata of the
 * construct only, so nobody needs cdk-nag installed. Rules are named as cdk-nag reports them, such as
 * `NIST.800.53.R5-S3BucketReplicationEnabled`, or with the finding where a rule has several:
 * `AwsSolutions-IAM5[Resource::*]`.
 */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  const rules = Object.entries(reasons).map(([id, reason]) => ({ id, reason }));
  untraced(() => Validations.of(construct).acknowledge(...rules));
}

/**
 * The CDK writes down where in the code each acknowledgement was made, and no context turns that off. Here it is always
 * this file, by its path on somebody's machine, which would make the output of two machines differ.
 */
function untraced(work: () => void): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const SHARED_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

/** One reason for a rule that the NIST, HIPAA and PCI packs share, such as `S3BucketReplicationEnabled`. */
export function inSharedPacks(rule: string, reason: string): Readonly<Record<string, string>> {
  return Object.fromEntries(SHARED_PACKS.map((pack) => [`${pack}-${rule}`, reason]));
}
