import { PlatformNames } from '../plan/names';
import { type SpecOn, specOn } from '../spec/clouds';
import { type AwsAccount, awsAccount } from './aws-account';
import { CommandFailed } from './command-failed';
import { EXIT, type ExitCode, type Io } from './io';
import { withSpec } from './with-spec';

/** A platform in one environment, and the account that it lives in. */
export interface OnAws {
  readonly spec: SpecOn<'aws'>;
  readonly names: PlatformNames;
  readonly account: AwsAccount;
}

/** Loads one environment of a spec and goes on in its account; says what stands in the way where it cannot. */
export async function onAws(
  file: string,
  environment: string | undefined,
  io: Io,
  next: (platform: OnAws) => Promise<void>,
): Promise<ExitCode> {
  return withSpec(file, environment, io, async (given) => {
    const spec = specOn('aws', given);
    try {
      const names = new PlatformNames(spec.name, spec.environment);
      await next({ spec, names, account: await awsAccount(spec.aws.region) });
      return EXIT.fine;
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      io.err(`${error.message}\n`);
      return EXIT.broken;
    }
  });
}

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

/** Name of an execution that a person starts: what it does, and when it was started. */
export const executionName = (action: string, model: string, now = new Date()): string =>
  `${action}-${model}-${now.toISOString().replaceAll(/[-:.]/g, '')}`;
