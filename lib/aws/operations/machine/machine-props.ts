import { type AslState, expr } from '../../machine/asl';

/** What the machines that look after all endpoints of a platform need to know. Values may be tokens, but not the slug. */
export interface OperationsMachineProps {
  /** Platform and environment, the start of every name: `fraud-prod`. */
  readonly slug: string;
  /** Start of the names of the parameters of models, ending in `/`; the model follows. */
  readonly modelsPrefix: string;
  /** Topic of the alert channel. */
  readonly topicArn: string;
  /** Address of the list of endpoints, which the name of one may follow. */
  readonly endpointsLink: string;
}

export const PARAMETER_NOT_FOUND = 'Ssm.ParameterNotFoundException';

/** Text of a JSONata literal. */
export const literal = (value: string | readonly string[]): string => JSON.stringify(value);

/** Output of what has nothing to say. */
export const NOTHING = expr("''");

/** JSONata that is true where the tags of a reply have all these values, given as expressions. */
export function tagged(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `$count($states.result.Tags[Key = ${literal(key)} and Value = ${value}]) = 1`)
    .join(' and ');
}

/** A Parallel state of one branch: whatever fails in it is caught in one place. */
export function work(branch: { readonly StartAt: string; readonly States: Readonly<Record<string, AslState>> }) {
  const failed = {
    outcome: 'failed',
    detail: expr("$states.errorOutput.Error & ': ' & $states.errorOutput.Cause"),
  };
  return {
    Type: 'Parallel',
    Branches: [branch],
    Catch: [{ ErrorEquals: ['States.ALL'], Assign: { report: failed }, Next: 'Outcome' }],
    Assign: { report: expr('$states.result[0]') },
    Next: 'Outcome',
  } as const satisfies AslState;
}
