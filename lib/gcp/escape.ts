/**
 * Text that Terraform takes as it is. CDKTF writes plain text through, and Terraform would read `${` and `%{` in it as
 * the start of a template. Source: Terraform language, "Strings and Templates", escape sequences.
 */
export const literal = (text: string): string =>
  // As functions: in a text to put in, `$$` would mean one `$`.
  text.replaceAll('${', () => '$${').replaceAll('%{', () => '%%{');

/** Data as a JSON document that Terraform takes as it is. Nothing in it may be a token. */
export const literalJson = (value: unknown): string => literal(JSON.stringify(value));
