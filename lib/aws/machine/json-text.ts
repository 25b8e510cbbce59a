import type { Stack } from 'aws-cdk-lib';

/** How tokens that are no strings look in JSON: objects, lists and numbers of the CDK. */
const OTHER_TOKENS = /<unresolved-|#\{Token\[|e\+289/;

/**
 * A value as JSON, with the tokens in it. The CDK's `toJsonString` walks through the value three times in each synthesis,
 * which for the machines of a hundred models takes seconds; where all tokens are strings, as those of names and ARNs are,
 * JSON with these tokens in it says the same.
 */
export function jsonText(stack: Stack, value: object): string {
  const text = JSON.stringify(value);
  return OTHER_TOKENS.test(text) ? stack.toJsonString(value) : text;
}
