import type { z } from 'zod';
import type { Path } from './problem';
import { defOf, innermost, type Schema } from './schema-walk';

/** One thing that zod found. */
export type Issue = z.core.$ZodIssue;

/** What a failed parse was about. */
export interface Context {
  readonly root: Schema;
  readonly value: unknown;
  /** How a number, boolean or null at a path was written; undefined where there is no text or it is not one of these. */
  readonly written: (path: Path) => string | undefined;
  /** Whether what is at a path was written in an overlay, and not in what that is laid over. */
  readonly overlaid: (path: Path) => boolean;
  /** A key of the map at hand that is not in the input and was put there to see what else is wrong. */
  readonly assumed?: string;
}

const DEFAULT_MESSAGE = /^(Invalid|Too (small|big)|Unrecognized)/;

/** What is wrong, in our words unless the author of the schema has his own. */
export function messageOf(issue: Issue, received: unknown, schema: Schema | undefined): string {
  if (!DEFAULT_MESSAGE.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return received === null ? 'is empty' : `is not ${kindOf(schema, issue.expected)}`;
    case 'invalid_value':
    case 'invalid_union':
      return 'is not one of the values that are allowed';
    case 'too_small':
    case 'too_big':
      return `is too ${SIZES[issue.origin]?.[issue.code] ?? (issue.code === 'too_small' ? 'small' : 'large')}`;
    case 'not_multiple_of':
      return `is not a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return 'does not have the right form';
    default:
      return 'does not fit';
  }
}

const SIZES: Readonly<Record<string, { too_small: string; too_big: string }>> = {
  string: { too_small: 'short', too_big: 'long' },
  array: { too_small: 'short a list', too_big: 'long a list' },
};

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a map',
  record: 'a map',
  never: 'allowed here',
};

const kindOf = (schema: Schema | undefined, expected: string): string =>
  KINDS[schema !== undefined && expected === 'nonoptional' ? defOf(innermost(schema)).type : expected] ??
  `a ${expected}`;
