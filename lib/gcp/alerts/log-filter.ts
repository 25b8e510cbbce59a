import type { Construct } from 'constructs';
import { literal } from '../escape';

/**
 * Characters of a filter of log entries. Source: Cloud Logging documentation, "Quotas and limits": length of a query,
 * and of the inclusion filter of a sink.
 */
const LONGEST_LOG_FILTER = 20_000;

/** A comparison with several values, any of which will do. Source: Cloud Logging documentation, "Logging query language". */
export const anyOf = (field: string, values: readonly string[]): string =>
  `${field}=(${values.map((value) => `"${value}"`).join(' OR ')})`;

/**
 * A filter of log entries as Terraform is given it.
 * @throws Error where it is longer than Cloud Logging takes.
 */
export function logFilter(scope: Construct, filter: string): string {
  if (filter.length > LONGEST_LOG_FILTER)
    throw new Error(
      `${scope.node.path}: a filter of log entries has ${filter.length} characters, and Cloud Logging takes ${LONGEST_LOG_FILTER}. Let it name fewer things.`,
    );
  return literal(filter);
}
