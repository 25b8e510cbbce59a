import type { SpecOn } from '../spec/clouds';
import { CommandFailed } from './command-failed';

/**
 * Credentials lead to one account and a spec may name another: better to stop than to act there.
 *
 * @param arn - of something that was found with the credentials
 * @throws CommandFailed where the two differ
 */
export function checkAccount({ aws, environment }: SpecOn<'aws'>, arn: string): void {
  const found = arn.split(':')[4] ?? '';
  if (aws.account === undefined || aws.account === found) return;
  const where = environment === undefined ? 'the spec' : `environment ${environment} of the spec`;
  throw new CommandFailed(
    `The credentials are those of account ${found}, and ${where} is in account ${aws.account}. Take other credentials, for example with AWS_PROFILE.`,
  );
}
