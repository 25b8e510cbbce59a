/** Pieces of machines for tests. */

export type AslFields = Readonly<Record<string, unknown>>;

/** A Task state, `task('aws-sdk:ssm:getParameter', { Name: '/p' })`, that ends the machine unless told otherwise. */
export function task(integration: string, args: unknown, rest: AslFields = { End: true }): object {
  return { Type: 'Task', Resource: `arn:aws:states:::${integration}`, Arguments: args, ...rest };
}

/** States of which the first one given is the first: a branch, or the inside of a Map. */
export function states(given: Readonly<Record<string, object>>): { readonly StartAt: string; readonly States: object } {
  return { StartAt: Object.keys(given)[0] ?? '', States: given };
}

/** A machine in JSONata. */
export function machine(given: Readonly<Record<string, object>>, rest: AslFields = {}): object {
  return { QueryLanguage: 'JSONata', ...states(given), ...rest };
}
