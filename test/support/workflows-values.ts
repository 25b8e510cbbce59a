import { dottedName, type Expression, ExpressionError, parseExpression, partsOf } from './workflows-expressions';
import { isConstant, isTaken, positionalProblem } from './workflows-stdlib';

/** Source: Workflows, "Quotas and limits": characters of an expression. */
const LONGEST_EXPRESSION = 400;
const VARIABLE = /^[A-Za-z_]\w*$/;

/** Names of the variables that may have been assigned. */
export type Scope = ReadonlySet<string>;

/** Why a name cannot be one of a variable. */
export function nameProblems(name: unknown): readonly string[] {
  if (typeof name !== 'string' || !VARIABLE.test(name)) return [`${JSON.stringify(name)} is no name of a variable`];
  return isTaken(name) ? [`${name} is a name of Workflows' own`] : [];
}

/** What is wrong with the expressions in a value, at whatever depth. */
export function valueProblems(value: unknown, scope: Scope): readonly string[] {
  if (typeof value === 'string') return textProblems(value, scope);
  if (Array.isArray(value)) return value.flatMap((item) => valueProblems(item, scope));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key.includes('${') ? [`the key ${JSON.stringify(key)} is computed`] : []),
    ...valueProblems(inner, scope),
  ]);
}

/** What is wrong with what an assignment writes to, such as `a`, `a.b` and `a[key]`; and the variable in it. */
export function targetProblems(
  target: string,
  scope: Scope,
): { readonly problems: readonly string[]; readonly root?: string } {
  const found = parsed(target);
  if (typeof found === 'string') return { problems: [found] };
  let root = found;
  const keys: Expression[] = [];
  for (; root.kind === 'member'; root = root.of) keys.push(root.key);
  if (root.kind !== 'name') return { problems: [`${target}: it cannot be assigned to`] };
  const known = keys.length === 0 || scope.has(root.name);
  return {
    root: root.name,
    problems: [
      ...nameProblems(root.name),
      ...(known ? [] : [`${target}: there is no variable ${root.name}`]),
      ...keys.flatMap((key) => expressionProblems(key, target, scope)),
    ],
  };
}

function textProblems(text: string, scope: Scope): readonly string[] {
  if (!text.includes('${')) return [];
  if (!text.startsWith('${') || !text.endsWith('}')) return [`${JSON.stringify(text)} mixes an expression with text`];
  const code = text.slice(2, -1);
  const tooLong =
    code.length > LONGEST_EXPRESSION
      ? [`an expression of ${code.length} characters, ${LONGEST_EXPRESSION} are allowed: ${code.slice(0, 60)}…`]
      : [];
  const found = parsed(code);
  return [...tooLong, ...(typeof found === 'string' ? [found] : expressionProblems(found, code, scope))];
}

function parsed(code: string): Expression | string {
  try {
    return parseExpression(code);
  } catch (error) {
    if (error instanceof ExpressionError) return `${code}: no expression: ${error.message}`;
    throw error;
  }
}

function expressionProblems(expression: Expression, code: string, scope: Scope): readonly string[] {
  const constants = new Set<Expression>();
  const problems: string[] = [];
  for (const part of partsOf(expression)) {
    const name = dottedName(part);
    if (part.kind === 'member' && name !== undefined && isConstant(name)) constants.add(part.of);
    else if (part.kind === 'call') problems.push(...[positionalProblem(part.function, part.args.length) ?? []].flat());
    else if (part.kind === 'name' && !constants.has(part) && !scope.has(part.name)) {
      problems.push(`there is no variable ${part.name} here`);
    }
  }
  return problems.map((problem) => `${code}: ${problem}`);
}
