import signatures from '../judges/workflows/stdlib.json';

/** Functions of Workflows' standard library: the table that the judge executes by. */

interface Parameter {
  readonly name: string;
  readonly optional: boolean;
}

const FUNCTIONS: ReadonlyMap<string, readonly Parameter[]> = new Map(
  Object.entries(signatures as Readonly<Record<string, readonly string[]>>).map(([name, parameters]) => [
    name,
    parameters.map((parameter) => ({ name: parameter.split(':')[0] ?? '', optional: parameter.endsWith('?') })),
  ]),
);

/** They block or have effects: steps call them, expressions cannot. */
const BY_STEPS_ONLY = /^(http\.|sys\.(sleep|sleep_until|log)$)/;

/** Values, not functions. */
const CONSTANTS = new Set([
  'http.default_retry',
  'http.default_retry_non_idempotent',
  'http.default_retry_predicate',
  'http.default_retry_predicate_non_idempotent',
]);

/** Names that no variable may have. */
const TAKEN = new Set([
  ...[...FUNCTIONS.keys()].map((name) => name.split('.')[0]),
  'null',
  'true',
  'false',
  'and',
  'or',
  'in',
]);

export const isFunction = (name: string): boolean => FUNCTIONS.has(name);
export const isConstant = (name: string): boolean => CONSTANTS.has(name);
export const isTaken = (name: string): boolean => TAKEN.has(name);

/** What is wrong with a function called in an expression, with so many arguments. */
export function positionalProblem(name: string, given: number): string | undefined {
  const parameters = FUNCTIONS.get(name);
  if (!parameters) return `there is no function ${name}`;
  if (BY_STEPS_ONLY.test(name)) return `${name} can only be called by a step`;
  const needed = parameters.filter(({ optional }) => !optional).length;
  if (given >= needed && given <= parameters.length) return undefined;
  return `${name} takes ${needed === parameters.length ? needed : `${needed} to ${parameters.length}`} arguments, not ${given}`;
}

/** What is wrong with a function called by a step, with arguments of these names. */
export function namedProblems(name: string, given: readonly string[]): readonly string[] {
  const parameters = FUNCTIONS.get(name);
  if (!parameters) return [`neither the standard library nor the workflow has ${name}`];
  const known = parameters.map((parameter) => parameter.name);
  return [
    ...given.filter((arg) => !known.includes(arg)).map((arg) => `${name} has no argument ${arg}, it has ${known}`),
    ...parameters.filter((one) => !one.optional && !given.includes(one.name)).map((one) => `${name} needs ${one.name}`),
  ];
}
