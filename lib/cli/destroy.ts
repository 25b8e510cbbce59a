import { setTimeout as sleep } from 'node:timers/promises';
import { RETIRE_PATH } from '../plan/serving-access';
import type { AwsAccount, DeployedStack } from './aws-account';
import { CommandFailed } from './command-failed';
import { confirmed } from './confirm';
import { inOrderOfDeletion, modelOf } from './destroy-order';
import type { ExitCode, Io } from './io';
import { checkAccount, executionName, type OnAws, onAws } from './on-aws';

export interface DestroyOptions {
  readonly environment?: string;
  readonly model?: string;
  readonly yes?: boolean;
}

/** Seconds between two looks at something that takes minutes. */
const POLL_SECONDS = 10;

/**
 * `mlops destroy`: retires a model, or all of them, and deletes their stacks; of a whole platform then all its other
 * stacks, what others stand on last. It asks first. What holds data stays, unless it was deployed to go.
 */
export async function destroy(
  file: string,
  { environment, model, yes }: DestroyOptions,
  io: Io,
  pollSeconds = POLL_SECONDS,
): Promise<ExitCode> {
  return onAws(file, environment, io, async (platform) => {
    const { names, account } = platform;
    const work = await plan(platform, model);
    if (work.retire.length === 0 && work.stacks.length === 0) {
      io.out(`There is nothing of ${model ?? names.slug} in ${account.region}.\n`);
      return;
    }
    io.out(described(work, platform));
    await confirmed(model ?? names.slug, yes, io);
    const wait = () => sleep(pollSeconds * 1000);
    await retireAll(work, account, io, wait);
    for (const together of work.stacks) await deleteAll(together, account, io, wait);
    io.out(`${io.colors.green('✓')} Nothing of ${model ?? names.slug} is left but what holds data.\n`);
  });
}

/** What there is to do, in this order. */
interface Work {
  /** Models to retire, and the machine that does it. */
  readonly retire: readonly string[];
  readonly machineArn?: string;
  readonly stacks: readonly (readonly DeployedStack[])[];
}

/** @throws CommandFailed for the wrong account, a stack that is protected, or models that nothing could retire. */
async function plan({ spec, names, account }: OnAws, only: string | undefined): Promise<Work> {
  const all = inOrderOfDeletion(await account.stacks(), names);
  const stacks = (only === undefined ? all : [all.flat().filter((stack) => modelOf(stack, names) === only)]).filter(
    (together) => together.length > 0,
  );
  for (const { id } of stacks.flat()) checkAccount(spec, id);
  refuseProtected(stacks.flat(), account.region);

  const prefix = `${names.parameter('models')}/`;
  const recorded = (await account.parameterNames(prefix.slice(0, -1))).flatMap(
    (name) => name.slice(prefix.length).split('/')[0] ?? [],
  );
  const models = [...new Set([...stacks.flat().flatMap((stack) => modelOf(stack, names) ?? []), ...recorded])];
  const wanted = models.filter((model) => only === undefined || model === only).sort();
  const parameter = names.parameter(...RETIRE_PATH);
  const machineArn = await account.parameter(parameter);
  if (machineArn !== undefined) {
    checkAccount(spec, machineArn);
    return { retire: wanted, machineArn, stacks };
  }
  const serving = wanted.filter((model) => recorded.includes(model));
  if (serving.length > 0)
    throw new CommandFailed(
      `${serving.join(', ')} may serve, and there is no machine that could retire what serves: the parameter ${parameter} is missing. Deploy the stack ${names.of('stack', 'operations')} first.`,
    );
  return { retire: [], stacks };
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

function described({ retire, machineArn, stacks }: Work, { names, account }: OnAws): string {
  const steps = [
    ...(retire.length === 0
      ? []
      : [`retire, by ${machineArn}: ${retire.map((model) => JSON.stringify({ model })).join(', ')}`]),
    ...stacks.map((together) => `delete ${together.map(({ name }) => name).join(', ')}`),
  ];
  return [
    `In ${names.slug}, ${account.region}, this will`,
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    'What holds data stays, such as buckets, tables, keys, logs and the registry.',
    '',
  ].join('\n');
}

async function retireAll(
  { retire, machineArn = '' }: Work,
  account: AwsAccount,
  io: Io,
  wait: () => Promise<void>,
): Promise<void> {
  const started = await Promise.all(
    retire.map(async (model) => {
      const arn = await account.start(machineArn, executionName('retire', model), { model });
      io.out(`Retires ${model}: ${arn}\n`);
      return { model, arn };
    }),
  );
  for (const { model, arn } of started) {
    let execution = await account.execution(arn);
    while (execution.status === 'RUNNING' || execution.status === 'PENDING_REDRIVE') {
      await wait();
      execution = await account.execution(arn);
    }
    const { status, output, error = status, cause = 'Read the execution.' } = execution;
    if (status !== 'SUCCEEDED')
      throw new CommandFailed(
        `${model} could not be retired, so no stack was deleted. ${error}: ${cause} (${arn}) Mend the cause and run this again.`,
      );
    io.out(`${io.colors.green('✓')} ${model}: ${detailOf(output)}\n`);
  }
}

/** What the machine says that it did. */
function detailOf(output = '{}'): string {
  const { detail } = JSON.parse(output) as { readonly detail?: unknown };
  return typeof detail === 'string' ? detail : 'retired.';
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
