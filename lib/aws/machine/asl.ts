import { Aws } from 'aws-cdk-lib';

/** A state of the Amazon States Language, as JSON. Source: https://states-language.net/spec.html */
export type AslState = { readonly Type: string; readonly [field: string]: unknown };

/** A machine of the Amazon States Language in JSONata, the language all machines here are written in. */
export interface AslMachine {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, AslState>>;
}

/** `{% … %}`: a JSONata expression in a machine. */
export const expr = (code: string): string => `{% ${code} %}`;

/** A call of an AWS SDK action, such as `call('glue:getTable', { ... }, { Next: 'Compare' })`. */
export function call(
  action: string,
  args: Readonly<Record<string, unknown>>,
  rest: Readonly<Record<string, unknown>>,
): AslState {
  return { Type: 'Task', Resource: `arn:${Aws.PARTITION}:states:::aws-sdk:${action}`, Arguments: args, ...rest };
}
