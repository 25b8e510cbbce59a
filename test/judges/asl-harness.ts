import type { AslJudge, AslRequest, AslWorld } from '../support/asl-judge';
import { AslRejectedError } from '../support/asl-judge';
import { type AslFields, task } from '../support/asl-states';

/** What the tests of the judge of Step Functions machines share. */

export const basic: AslWorld = { kind: 'basic' };

/** A world in which calls answer what is written here, by `service:Operation`. */
export function scripted(replies: Readonly<Record<string, readonly object[]>>): AslWorld {
  return { kind: 'scripted', state: { replies } };
}

/** A world with one parameter. */
export function withParameter(value: string): AslWorld {
  return { kind: 'basic', state: { ssm: { parameters: { '/p': { value } } } } };
}

export function read(rest: AslFields = { End: true }, name = '/p'): object {
  return task('aws-sdk:ssm:getParameter', { Name: name }, rest);
}

/** Ends in the state of `caught` with the error it caught. */
export const catchAll = {
  Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'Caught' }],
  End: true,
};
export const caught = { Caught: { Type: 'Succeed' } };

/** Name of the error that a machine with `catchAll` caught. */
export async function errorSeen(judge: AslJudge, request: AslRequest): Promise<string> {
  return ((await judge.run(request)).output as { Error: string }).Error;
}

/** Why a machine is rejected. */
export async function findings(judge: AslJudge, request: AslRequest): Promise<string> {
  const outcome = await judge.run(request).catch((error: unknown) => error);
  if (outcome instanceof AslRejectedError) return outcome.findings.join('\n');
  throw new Error(`not rejected: ${JSON.stringify(outcome)} ${outcome}`);
}
