import { Lazy, Token } from 'cdktf';

/** A token in a text, which CDKTF writes as what it stands for. */
const TOKEN = /(\$\{TfToken\[[^\]]+\]\})/;

/** Text with another text between its tokens; all of its parts but the last end where a token begins. */
export const aroundTokens = (
  text: string,
  change: (part: string, isLast: boolean) => string,
  keep = (token: string) => token,
): string =>
  text
    .split(TOKEN)
    .map((part, at, { length }) => (TOKEN.test(part) ? keep(part) : change(part, at === length - 1)))
    .join('');

/**
 * Text that Terraform takes as it is, but for tokens in it: each becomes what it stands for. CDKTF writes plain text
 * through, and Terraform would read `${` and `%{` in it as the start of a template. Source: Terraform language, "Strings
 * and Templates", escape sequences.
 */
export function literal(text: string): string {
  if (!Token.isUnresolved(text)) return escaped(text);
  // Resolved apart: inside of what looks like a template CDKTF leaves the braces of a token out.
  return Lazy.stringValue({ produce: (context) => aroundTokens(text, beforeToken, (token) => context.resolve(token)) });
}

const escaped = (text: string): string =>
  // As functions: in a text to put in, `$$` would mean one `$`.
  text.replaceAll('${', () => '$${').replaceAll('%{', () => '%%{');

/** A `$` just before the `${` of a token would escape it: such are written as a value of their own. */
const beforeToken = (text: string, isLast: boolean): string =>
  isLast ? escaped(text) : escaped(text).replace(/\$+$/, (dollars) => `\${"${dollars}"}`);

/** Data as a JSON document that Terraform takes as it is, but for tokens in its texts. */
export const literalJson = (value: unknown): string => literal(JSON.stringify(value));
