import { describe, expect, it } from 'vitest';
import { anyOf, logFilter } from '../../../lib/gcp/alerts/log-filter';
import { MOST_FROZEN_OF_A_PIPELINE } from '../../../lib/plan/object-grants-checks';
import { gcpStack } from '../../support/gcp-synth';

/** A table as the audit log names it, with as many characters as project, database and dataset may have. */
const longest = (i: number) =>
  `projects/${'p'.repeat(30)}/datasets/${'d'.repeat(24 + 1 + 12 + 1 + 20)}/tables/${String(i).padEnd(64, 't')}`;

describe('a filter of log entries', () => {
  it('names any of several values', () => {
    expect(anyOf('resource.labels.job_id', ['a', 'b'])).toBe('resource.labels.job_id=("a" OR "b")');
  });

  it('has room for all tables that a run may read, and is never longer than Cloud Logging takes', () => {
    const tables = (count: number) =>
      anyOf(
        'protoPayload.resourceName',
        Array.from({ length: count }, (_, i) => longest(i)),
      );
    expect(() => logFilter(gcpStack(), tables(MOST_FROZEN_OF_A_PIPELINE))).not.toThrow();
    expect(() => logFilter(gcpStack(), tables(110))).toThrow(
      /^Test: a filter of log entries has \d+ characters, and Cloud Logging takes 20000/,
    );
  });
});
