import { stringsIn, type TerraformStack } from './terraform-stacks';

/** A `${…}` or `%{…}` that Terraform evaluates, by its place in the string. */
export interface Template {
  readonly mark: '$' | '%';
  /** What is between the braces. */
  readonly expression: string;
  /** A sequence that is never closed: Terraform refuses the string. */
  readonly closed: boolean;
}

/** The templates of a string: `$${` and `%%{` are the escapes of literal text. */
export function templatesIn(text: string): readonly Template[] {
  const found: Template[] = [];
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if ((mark !== '$' && mark !== '%') || text[at + 1] === undefined) continue;
    if (text[at + 1] === mark && text[at + 2] === '{') {
      at += 2;
    } else if (text[at + 1] === '{') {
      const end = endOfTemplate(text, at + 2);
      found.push({ mark, expression: text.slice(at + 2, end ?? text.length), closed: end !== undefined });
      at = end ?? text.length;
    }
  }
  return found;
}

/** Where the brace closes that opened before `start`, past nested braces and quoted strings with templates of their own. */
function endOfTemplate(text: string, start: number): number | undefined {
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at + 1);
      if (end === undefined) return undefined;
      at = end;
    } else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return at;
  }
  return undefined;
}

function endOfString(text: string, start: number): number | undefined {
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
    else if (text[at] === '$' && text[at + 1] === '{' && text[at - 1] !== '$') {
      const end = endOfTemplate(text, at + 2);
      if (end === undefined) return undefined;
      at = end;
    }
  }
  return undefined;
}

/** An expression without the text of its strings; templates inside them stay, as expressions of their own. */
export function withoutStrings(expression: string): string {
  let code = '';
  for (let at = 0; at < expression.length; at++) {
    if (expression[at] !== '"') {
      code += expression[at];
      continue;
    }
    const end = endOfString(expression, at + 1) ?? expression.length;
    const inner = templatesIn(expression.slice(at + 1, end)).map((template) => withoutStrings(template.expression));
    code += `""${inner.map((nested) => ` (${nested}) `).join('')}`;
    at = end;
  }
  return code;
}

/** Addresses such as `google_storage_bucket.raw` that the strings of a value refer to. */
export function referencesIn(value: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { text } of stringsIn(value))
    for (const { expression } of templatesIn(text))
      for (const [, address] of withoutStrings(expression).matchAll(
        /(?<![\w.-])([a-z][a-z0-9]*_\w+\.[A-Za-z_][\w-]*)/g,
      ))
        if (address !== undefined) found.add(address);
  return found;
}

/** For each resource of a stack all that is made before it: what it refers to, what it `depends_on`, and so on. */
export function dependencies({ json }: TerraformStack): ReadonlyMap<string, ReadonlySet<string>> {
  const direct = new Map<string, readonly string[]>();
  for (const [type, byName] of Object.entries(json.resource ?? {}))
    for (const [name, body] of Object.entries(byName)) {
      const after = Array.isArray(body.depends_on) ? body.depends_on.filter((one) => typeof one === 'string') : [];
      direct.set(`${type}.${name}`, [...referencesIn(body), ...after]);
    }
  const all = new Map<string, Set<string>>();
  for (const address of direct.keys()) {
    const before = new Set<string>();
    const open = [...(direct.get(address) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (before.has(next)) continue;
      before.add(next);
      open.push(...(direct.get(next) ?? []));
    }
    all.set(address, before);
  }
  return all;
}

/** A text as it is once Terraform has read it, with no template in it evaluated. */
export const unescaped = (text: unknown): string => String(text).replaceAll('$${', '${').replaceAll('%%{', '%{');
