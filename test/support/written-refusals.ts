import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAst } from 'vitest/node';

const LIB = resolve(__dirname, '../../lib');

/** A finding that the sources have, by what it says. */
interface WrittenMessage {
  /** File and line: `plan/gcp-names.ts:21`. */
  readonly at: string;
  /** What it says, whatever is put into it. */
  readonly says: RegExp;
}

/** Where the sources refuse what a cloud does not take. */
interface WrittenRefusals {
  /** Where checks report what they found themselves: `plan/gcp-names.ts:21`. */
  readonly places: readonly string[];
  readonly messages: readonly WrittenMessage[];
}

/** A node of a syntax tree. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
const isName = (node: unknown, name: string): boolean =>
  isNode(node) && node.type === 'Identifier' && node.name === name;

/** A node and all that is in it. */
function nodesIn(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value, ...Object.values(value).flatMap(nodesIn)] : [];
}

const propertiesOf = ({ properties }: Node): readonly Node[] => properties as readonly Node[];

/** The value of a key of an object that is written out; undefined where it is not. */
const valueUnder = (object: Node, key: string): Node | undefined =>
  propertiesOf(object).find((property) => isName(property.key, key))?.value as Node | undefined;

/** Every text that an expression may be; none of one that is worked out elsewhere. */
function textsOf(expression: Node): readonly RegExp[] {
  const exactly = (parts: readonly string[]) =>
    new RegExp(`^${parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*')}$`, 's');
  switch (expression.type) {
    case 'Literal':
      return [exactly([String(expression.value)])];
    case 'TemplateLiteral':
      return [exactly((expression.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked))];
    case 'ConditionalExpression':
      return [expression.consequent, expression.alternate].flatMap((branch) => textsOf(branch as Node));
    default:
      return [];
  }
}

/** Whether a call reports, or lets somebody else do so, what is not said elsewhere already: `{ ...finding, path }`. */
function reports({ type, callee, arguments: given }: Node): boolean {
  if (type !== 'CallExpression') return false;
  const passed = given as readonly Node[];
  if (passed.some((argument) => isName(argument, 'report'))) return true;
  const [finding] = passed;
  const again =
    finding?.type === 'ObjectExpression' && propertiesOf(finding).some(({ argument }) => isName(argument, 'finding'));
  return isName(callee, 'report') && !again;
}

const isFinding = (node: Node): boolean =>
  node.type === 'ObjectExpression' && ['message', 'allowed', 'fix'].every((key) => valueUnder(node, key) !== undefined);

/**
 * What the checks of the plan refuse, which are there for what clouds take, and of those of the spec the ones that speak of
 * a cloud.
 */
export function writtenRefusals(): WrittenRefusals {
  const found = ['plan', 'spec'].flatMap((layer) =>
    readdirSync(join(LIB, layer), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => inFile(join(layer, file), layer === 'plan' ? /./ : /\b(aws|gcp)\b/)),
  );
  return { places: found.flatMap(({ places }) => places), messages: found.flatMap(({ messages }) => messages) };
}

function inFile(file: string, speaksOf: RegExp): readonly WrittenRefusals[] {
  const code = readFileSync(join(LIB, file), 'utf8');
  const at = ({ start }: Node) => `${file}:${code.slice(0, start).split('\n').length}`;
  const statements: readonly Node[] = parseAst(code, { lang: 'ts' }).body as unknown as readonly Node[];
  return statements
    .filter(({ start, end }) => speaksOf.test(code.slice(start, end)))
    .map((statement) => {
      const nodes = nodesIn(statement);
      return {
        places: nodes.filter(reports).map(at),
        messages: nodes
          .filter(isFinding)
          .flatMap((finding) =>
            textsOf(valueUnder(finding, 'message') as Node).map((says) => ({ at: at(finding), says })),
          ),
      };
    });
}
