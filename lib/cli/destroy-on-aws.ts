import type { PlatformNames } from '../plan/names';
import type { SpecOn } from '../spec/clouds';
import type { AwsAccount, DeployedStack } from './aws-account';
import { checkAccount } from './check-account';
import { CommandFailed } from './command-failed';
import { inOrderOfDeletion, modelOf } from './destroy-order';
import type { Io } from './io';
import type { Stacks } from './live-platform';

/** A platform in one environment, and the account that it lives in. */
export interface OnAws {
  readonly spec: SpecOn<'aws'>;
  readonly names: PlatformNames;
  readonly account: AwsAccount;
}

/**
 * Stacks that CloudFormation deletes. What holds data stays, unless it was deployed to go.
 * @throws CommandFailed for the wrong account, or a stack that is protected.
 */
export async function stacksOnAws({ spec, names, account }: OnAws, only: string | undefined): Promise<Stacks> {
  const all = inOrderOfDeletion(await account.stacks(), names);
  const stacks = (only === undefined ? all : [all.flat().filter((stack) => modelOf(stack, names) === only)]).filter(
    (together) => together.length > 0,
  );
  for (const { id } of stacks.flat()) checkAccount(spec, id);
  refuseProtected(stacks.flat(), account.region);
  return {
    models: stacks.flat().flatMap((stack) => modelOf(stack, names) ?? []),
    data: 'What holds data stays, such as buckets, tables, keys, logs and the registry.',
    steps: stacks.map((together) => `delete ${together.map(({ name }) => name).join(', ')}`),
    remove: async (io, wait) => {
      for (const together of stacks) await deleteAll(together, account, io, wait);
      io.out(`${io.colors.green('✓')} Nothing of ${only ?? names.slug} is left but what holds data.\n`);
    },
  };
}

function refuseProtected(stacks: readonly DeployedStack[], region: string): void {
  const kept = stacks.filter((stack) => stack.protected);
  if (kept.length === 0) return;
  const commands = kept.map(
    ({ name }) =>
      `  aws cloudformation update-termination-protection --no-enable-termination-protection --region ${region} --stack-name ${name}`,
  );
  const what = kept.map(({ name }) => name).join(', ');
  throw new CommandFailed(
    `${what} ${kept.length === 1 ? 'is' : 'are'} protected from deletion, and nothing was done. Lift that first if it is what you want:\n${commands.join('\n')}`,
  );
}

async function deleteAll(
  together: readonly DeployedStack[],
  account: AwsAccount,
  io: Io,
  wait: () => Promise<void>,
): Promise<void> {
  for (const { id, name } of together) {
    await account.deleteStack(id);
    io.out(`Deletes ${name}\n`);
  }
  for (const { id, name } of together) {
    let stack = (await account.stacks(id))[0];
    while (stack?.status === 'DELETE_IN_PROGRESS') {
      await wait();
      stack = (await account.stacks(id))[0];
    }
    if (stack !== undefined && stack.status !== 'DELETE_COMPLETE')
      throw new CommandFailed(
        `${name} could not be deleted: ${stack.status}${stack.reason === undefined ? '' : `, ${stack.reason}`}. Read its events, mend the cause and run this again.`,
      );
    io.out(`${io.colors.green('✓')} ${name} is deleted\n`);
  }
}
