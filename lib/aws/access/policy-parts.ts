import { MAX_POLICY_CHARACTERS } from './policy-size';

/** Managed policies that one role may have, unless AWS raises the quota. Source: IAM user guide, "IAM and AWS STS quotas". */
export const MAX_POLICIES = 10;

/** Characters of a policy around its statements, and between two of them. */
const AROUND = '{"Statement":[],"Version":"2012-10-17"}'.length;
const BETWEEN = ','.length;

/** A part of a workload's permissions that one policy holds. */
export interface PolicyPart<T> {
  readonly statements: readonly T[];
  readonly size: number;
}

/**
 * Statements as IAM takes them: one policy filled after the other, in the order in which they were granted. A part is
 * larger than IAM allows only where one statement alone is.
 */
export function policyParts<T>(statements: readonly T[], sizeOf: (statement: T) => number): readonly PolicyPart<T>[] {
  const parts: { statements: T[]; size: number }[] = [];
  for (const statement of statements) {
    const size = sizeOf(statement);
    const last = parts.at(-1);
    if (last !== undefined && last.size + BETWEEN + size <= MAX_POLICY_CHARACTERS) {
      last.statements.push(statement);
      last.size += BETWEEN + size;
    } else parts.push({ statements: [statement], size: AROUND + size });
  }
  return parts;
}
