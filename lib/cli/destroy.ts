import { setTimeout as sleep } from 'node:timers/promises';
import { championPath } from '../plan/serving-access';
import { CommandFailed } from './command-failed';
import { confirmed } from './confirm';
import type { ExitCode, Io } from './io';
import { executionName, type LivePlatform, parseFacts, type Stacks } from './live-platform';
import { type OnCloudOptions, onCloud } from './on-cloud';

export interface DestroyOptions extends OnCloudOptions {
  readonly model?: string;
  readonly yes?: boolean;
}

/** Seconds between two looks at something that takes minutes. */
const POLL_SECONDS = 10;

/**
 * `mlops destroy`: retires a model, or all of them, and takes their stacks away; of a whole platform then all its other
 * stacks, what others stand on last. It asks first. Where Terraform has the stacks, whose state is the user's, it says
 * how to take them away and leaves that to the user.
 */
export async function destroy(
  file: string,
  options: DestroyOptions,
  io: Io,
  pollSeconds = POLL_SECONDS,
): Promise<ExitCode> {
  const { model, yes } = options;
  return onCloud(file, options, io, async (platform) => {
    const work = await plan(platform, model);
    const what = model ?? platform.names.slug;
    if (work.retire.length === 0 && work.stacks.steps.length === 0) {
      io.out(`There is nothing of ${what} in ${platform.where}.\n`);
      return;
    }
    io.out(described(work, platform));
    await confirmed(what, yes, io);
    const wait = () => sleep(pollSeconds * 1000);
    await retireAll(work, platform, io, wait);
    await work.stacks.remove(io, wait);
  });
}

/** What there is to do, in this order. */
interface Work {
  /** Models to retire, and the machine that does it. */
  readonly retire: readonly string[];
  readonly machine?: string;
  readonly stacks: Stacks;
}

/** @throws CommandFailed for models that may serve and nothing could retire. */
async function plan(platform: LivePlatform, only: string | undefined): Promise<Work> {
  const stacks = await platform.stacks(only);
  const published = await platform.publishedModels();
  const models = [...new Set([...stacks.models, ...published])];
  const wanted = models.filter((model) => only === undefined || model === only).sort();
  const { name, machine } = await platform.retireMachine();
  if (machine !== undefined) return { retire: wanted, machine, stacks };
  const retired = await Promise.all(wanted.map((model) => isRetired(platform, model)));
  const serving = wanted.filter((model, index) => published.includes(model) && retired[index] !== true);
  if (serving.length > 0)
    throw new CommandFailed(
      `${serving.join(', ')} may serve, and there is no machine that could retire what serves: the ${name} is missing. Deploy the stack ${platform.names.of('stack', 'operations')} first.`,
    );
  return { retire: [], stacks };
}

/** Whether its record says that the machine has retired it to the end, as it may when that machine is gone by now. */
async function isRetired(platform: LivePlatform, model: string): Promise<boolean> {
  const path = championPath(model);
  const text = await platform.published(path);
  if (text === undefined) return false;
  const { retired, retiring } = parseFacts(text, platform.publishedName(path)) as Partial<Record<string, unknown>>;
  return retired !== undefined && retiring === undefined;
}

function described({ retire, machine, stacks }: Work, { names, where }: LivePlatform): string {
  const steps = [
    ...(retire.length === 0
      ? []
      : [`retire, by ${machine}: ${retire.map((model) => JSON.stringify({ model })).join(', ')}`]),
    ...stacks.steps,
  ];
  return [
    `In ${names.slug}, ${where}, this will`,
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    stacks.data,
    '',
  ].join('\n');
}

async function retireAll(
  { retire, machine = '' }: Work,
  platform: LivePlatform,
  io: Io,
  wait: () => Promise<void>,
): Promise<void> {
  const started = await Promise.all(
    retire.map(async (model) => {
      const id = await platform.start(machine, executionName('retire', model), { model });
      io.out(`Retires ${model}: ${id}\n`);
      return { model, id };
    }),
  );
  for (const { model, id } of started) {
    let execution = await platform.execution(id);
    while (execution.state === 'running') {
      await wait();
      execution = await platform.execution(id);
    }
    if (execution.state === 'failed')
      throw new CommandFailed(
        `${model} could not be retired, so no stack was deleted. ${execution.why} (${id}) Mend the cause and run this again.`,
      );
    io.out(`${io.colors.green('✓')} ${model}: ${detailOf(execution.output)}\n`);
  }
}

/** What the machine says that it did. */
function detailOf(output = '{}'): string {
  const { detail } = JSON.parse(output) as { readonly detail?: unknown };
  return typeof detail === 'string' ? detail : 'retired.';
}
