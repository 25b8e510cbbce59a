/** A pattern of EventBridge as a template holds it, with `detail-type`. */
export type EventPattern = { readonly [field: string]: EventPattern | readonly unknown[] };

type Json = Readonly<Record<string, unknown>>;

/**
 * Whether an event matches a pattern, for the operators used here: values, `exists`, `prefix`, `wildcard`, `anything-but`
 * with values, and `$or`. Every field of a pattern must match, by any of its alternatives; a list in the event matches by any of its
 * elements, and an empty one is absent.
 * Source: EventBridge user guide, "Comparison operators for use in event patterns"; github.com/aws/event-ruler.
 * @throws Error for an operator that is not known here.
 */
export function matchesPattern(pattern: EventPattern, event: Json): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') return (wanted as readonly EventPattern[]).some((one) => matchesPattern(one, event));
    const value = event[field];
    if (!Array.isArray(wanted)) return isObject(value) && matchesPattern(wanted as EventPattern, value);
    const leaves = [value].flat(Number.POSITIVE_INFINITY).filter((leaf) => leaf !== undefined && !isObject(leaf));
    return wanted.some((alternative) => matchesAlternative(alternative, leaves));
  });
}

function matchesAlternative(alternative: unknown, leaves: readonly unknown[]): boolean {
  if (!isObject(alternative)) return leaves.includes(alternative);
  const [[operator, operand] = [], ...others] = Object.entries(alternative);
  if (others.length === 0) {
    if (operator === 'exists') return operand === leaves.length > 0;
    if (operator === 'prefix') return leaves.some((leaf) => typeof leaf === 'string' && leaf.startsWith(`${operand}`));
    if (operator === 'wildcard')
      return leaves.some((leaf) => typeof leaf === 'string' && wildcard(`${operand}`).test(leaf));
    const unwanted = [operand].flat();
    if (operator === 'anything-but' && !unwanted.some(isObject)) return leaves.some((leaf) => !unwanted.includes(leaf));
  }
  throw new Error(`unknown operator ${JSON.stringify(alternative)}`);
}

/** `*` stands for any characters, none too. */
const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((text) => text.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );

/**
 * What an input transformer makes of an event. A variable inside a string is put there as it is, one that stands alone as
 * JSON; one without a value is empty.
 * Source: EventBridge user guide, "Amazon EventBridge input transformation".
 * @throws SyntaxError where the result is no JSON, which EventBridge would not deliver.
 */
export function transformInput(
  transformer: { readonly InputPathsMap: Readonly<Record<string, string>>; readonly InputTemplate: string },
  event: Json,
): unknown {
  const { InputPathsMap, InputTemplate } = transformer;
  const filled = InputTemplate.replaceAll(/<([^<>]+)>/g, (hole, name: string, at: number) => {
    const path = InputPathsMap[name];
    if (path === undefined) throw new Error(`${hole} has no path`);
    const value = path
      .replace(/^\$\./, '')
      .split('.')
      .reduce<unknown>((found, key) => (isObject(found) ? found[key] : undefined), event);
    const standsAlone = insideString(InputTemplate, at) === false;
    return standsAlone ? JSON.stringify(value ?? '') : String(value ?? '');
  });
  return JSON.parse(filled);
}

function insideString(template: string, at: number): boolean {
  const quotes = template.slice(0, at).replaceAll(/\\./g, '').split('"').length - 1;
  return quotes % 2 === 1;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
