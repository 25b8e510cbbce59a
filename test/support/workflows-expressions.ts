/** An expression of Workflows, the text between `${` and `}`. Strict: what the service's documents do not show is refused. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'name'; readonly name: string }
  /** `of.key`, `of["key"]`, `of[0]` */
  | { readonly kind: 'member'; readonly of: Expression; readonly key: Expression }
  /** `len(x)`, `text.split(a, b)` */
  | { readonly kind: 'call'; readonly function: string; readonly args: readonly Expression[] }
  | { readonly kind: 'operator'; readonly operator: string; readonly operands: readonly Expression[] };

/** Why a text is no expression. */
export class ExpressionError extends Error {}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(==|!=|<=|>=|\/\/|[-+*/%<>()[\].,]))/y;
const LITERALS: Readonly<Record<string, boolean | null>> = { null: null, true: true, false: false };
const WORDS = new Set(['and', 'or', 'not', 'in']);
const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);

interface Token {
  readonly kind: 'string' | 'number' | 'word' | 'sign';
  readonly text: string;
}

/** @throws ExpressionError */
export function parseExpression(code: string): Expression {
  return new Parser(tokens(code)).whole();
}

/** Every part of an expression, itself first. */
export function* partsOf(expression: Expression): Generator<Expression> {
  yield expression;
  for (const part of inner(expression)) yield* partsOf(part);
}

/** `text.split` of a chain of names without brackets. */
export function dottedName(expression: Expression): string | undefined {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind !== 'member' || expression.key.kind !== 'literal') return undefined;
  const of = dottedName(expression.of);
  return of === undefined ? undefined : `${of}.${expression.key.value}`;
}

function inner(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'list':
      return expression.items;
    case 'member':
      return [expression.of, expression.key];
    case 'call':
      return expression.args;
    case 'operator':
      return expression.operands;
    default:
      return [];
  }
}

function tokens(code: string): Token[] {
  const found: Token[] = [];
  const end = code.trimEnd().length;
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end; ) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(code);
    if (!match)
      throw new ExpressionError(`nothing of Workflows begins with ${JSON.stringify(code.slice(at, at + 20))}`);
    const [, string, number, word, sign] = match;
    if (string !== undefined) found.push({ kind: 'string', text: string });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (word !== undefined) found.push({ kind: 'word', text: word });
    else found.push({ kind: 'sign', text: sign ?? '' });
  }
  return found;
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new ExpressionError(`nothing of Workflows: a line break or a tab in ${text}`);
  }
}

/**
 * What has members. Workflows' documentation ("Expressions") shows them of variables, and of their members; whether what a
 * function gives has any where it is called, it does not say.
 */
function holder(found: Expression): Expression {
  if (found.kind === 'name' || found.kind === 'member') return found;
  throw new ExpressionError('only variables have members: assign it to one first');
}

/** Recursive descent: or, and, not, comparison, sum, product, minus, members. */
class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Expression {
    const found = this.or();
    const rest = this.tokens[this.at];
    if (rest) throw new ExpressionError(`${JSON.stringify(rest.text)} is too much`);
    return found;
  }

  private or(): Expression {
    return this.chain(['or'], () => this.and());
  }

  private and(): Expression {
    return this.chain(['and'], () => this.not());
  }

  private not(): Expression {
    if (!this.take('not')) return this.comparison();
    return { kind: 'operator', operator: 'not', operands: [this.not()] };
  }

  private comparison(): Expression {
    const left = this.sum();
    const operator = this.tokens[this.at]?.text;
    if (operator === undefined || !this.isOperator() || !COMPARISONS.has(operator)) return left;
    this.at += 1;
    const operands = [left, this.sum()];
    if (this.isOperator() && COMPARISONS.has(this.tokens[this.at]?.text ?? '')) {
      throw new ExpressionError('a comparison has two sides');
    }
    return { kind: 'operator', operator, operands };
  }

  private sum(): Expression {
    return this.chain(['+', '-'], () => this.product());
  }

  private product(): Expression {
    return this.chain(['*', '/', '//', '%'], () => this.minus());
  }

  private minus(): Expression {
    if (!this.take('-')) return this.members();
    return { kind: 'operator', operator: '-', operands: [this.minus()] };
  }

  private members(): Expression {
    let found = this.primary();
    for (;;) {
      if (this.take('.')) {
        found = { kind: 'member', of: holder(found), key: { kind: 'literal', value: this.word() } };
      } else if (this.take('[')) {
        found = { kind: 'member', of: holder(found), key: this.or() };
        this.expect(']');
      } else if (this.take('(')) {
        const name = dottedName(found);
        if (name === undefined) throw new ExpressionError('only functions can be called');
        found = { kind: 'call', function: name, args: this.items(')') };
      } else {
        return found;
      }
    }
  }

  private primary(): Expression {
    const token = this.tokens[this.at];
    if (!token) throw new ExpressionError('it ends too early');
    this.at += 1;
    if (token.kind === 'string') return { kind: 'literal', value: unquoted(token.text) };
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.text === '(') {
      const found = this.or();
      this.expect(')');
      return found;
    }
    if (token.text === '[') return { kind: 'list', items: this.items(']') };
    if (token.kind === 'sign' || WORDS.has(token.text)) {
      throw new ExpressionError(`${JSON.stringify(token.text)} where a value should be`);
    }
    const literal = LITERALS[token.text];
    return literal === undefined ? { kind: 'name', name: token.text } : { kind: 'literal', value: literal };
  }

  private items(end: string): Expression[] {
    const found: Expression[] = [];
    if (this.take(end)) return found;
    do found.push(this.or());
    while (this.take(','));
    this.expect(end);
    return found;
  }

  private chain(operators: readonly string[], next: () => Expression): Expression {
    let found = next();
    for (;;) {
      const operator = operators.find((one) => this.take(one));
      if (operator === undefined) return found;
      found = { kind: 'operator', operator, operands: [found, next()] };
    }
  }

  private word(): string {
    const token = this.tokens[this.at];
    if (token?.kind !== 'word') throw new ExpressionError('a name must follow the dot');
    this.at += 1;
    return token.text;
  }

  private isOperator(): boolean {
    const token = this.tokens[this.at];
    return token !== undefined && token.kind !== 'string' && token.kind !== 'number';
  }

  private take(text: string): boolean {
    if (!this.isOperator() || this.tokens[this.at]?.text !== text) return false;
    this.at += 1;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) throw new ExpressionError(`${JSON.stringify(text)} is missing`);
  }
}
