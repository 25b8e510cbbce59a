import { templatesIn, withoutStrings } from '../../../support/terraform-expressions';
import { resourcesOf, stringsIn, type TerraformJson, type TerraformStack } from '../../../support/terraform-stacks';
import type { Rule } from '../rule';

/** Functions that our constructs call on references. Another one in braces is more likely a document's own text. */
const FUNCTIONS = ['basename', 'jsonencode', 'join', 'tolist', 'toset', 'lower', 'format', 'element', 'try'];
const WORDS = ['true', 'false', 'null', 'path', 'self', 'each', 'count'];

/**
 * Terraform evaluates every `${…}` and `%{…}` in every string. In a workflow, a query or a script that is a bug, unless
 * it refers to something of this stack.
 */
export const literalTemplates: Rule = (stack) => {
  const declared = declaredIn(stack);
  return resourcesOf(stack).flatMap(({ address, body }) =>
    stringsIn(body).flatMap(({ path, text }) =>
      templatesIn(text)
        .filter(({ mark, expression, closed }) => mark === '%' || !closed || !refers(expression, declared))
        .map(({ mark, expression }) => ({
          address,
          message: `${path} has ${mark}{${expression.slice(0, 60)}}, which refers to nothing here: escape it as ${mark}${mark}{`,
        })),
    ),
  );
};

function refers(expression: string, declared: ReadonlySet<string>): boolean {
  const code = withoutStrings(expression);
  const called = [...code.matchAll(/([\w.]+)\s*\(/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
  if (called.some((name) => !FUNCTIONS.includes(name))) return false;
  const roots = [...code.matchAll(/(?<![\w.\]-])([A-Za-z_]\w*(?:\.[A-Za-z_][\w-]*)?)(?!\w*\s*\()/g)]
    .map(([, root = '']) => root)
    .filter((root) => !WORDS.includes(root) && !FUNCTIONS.includes(root));
  return roots.length > 0 && roots.every((root) => declared.has(root));
}

function declaredIn(stack: TerraformStack): ReadonlySet<string> {
  const named = (kind: keyof TerraformJson, prefix: string) =>
    Object.keys(stack.json[kind] ?? {}).map((name) => `${prefix}.${name}`);
  return new Set([
    ...resourcesOf(stack).map(({ address }) => address),
    ...named('variable', 'var'),
    ...named('locals', 'local'),
  ]);
}
