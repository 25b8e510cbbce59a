import { type IResolvable, type Stack, Token } from 'aws-cdk-lib';

/** How tokens that are no strings look in JSON: objects, lists and numbers of the CDK. */
const OTHER_TOKENS = /<unresolved-|#\{Token\[|e\+289/;

/** What a shell fills in. To judges of templates it would be something that `Fn::Sub` was forgotten around. */
const OF_SHELLS = /\$\{(?!Token\[)/g;
const withoutShells = (json: string): string => json.replace(OF_SHELLS, '\\u0024{');

/**
 * A value as JSON, with the tokens in it. The CDK's `toJsonString` walks through the value three times in each synthesis,
 * which for the machines of a hundred models takes seconds; where all tokens are strings, as those of names and ARNs are,
 * JSON with these tokens in it says the same. `${` of a command is written so that only who reads the JSON finds it.
 */
export function jsonText(stack: Stack, value: object): string {
  const text = JSON.stringify(value);
  if (!OTHER_TOKENS.test(text)) return withoutShells(text);
  const json = stack.toJsonString(value);
  return withoutShells(text) === text ? json : Token.asString(writtenAfter(json));
}

/** The same once its tokens are resolved. */
const writtenAfter = (json: string): IResolvable => ({
  creationStack: [],
  resolve: (context) => {
    context.registerPostProcessor({ postProcess: (resolved) => inTexts(resolved) });
    return json;
  },
  toString: () => json,
});

function inTexts(value: unknown): unknown {
  if (typeof value === 'string') return withoutShells(value);
  if (Array.isArray(value)) return value.map(inTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inTexts(item)]));
}
