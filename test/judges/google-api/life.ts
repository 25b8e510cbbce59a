import { ADOPT_KEYS } from '../../../lib/gcp/keys/customer-key';
import { ALLOW_DATA_LOSS, DESTROY_DATA } from '../../../lib/plan/data-loss';
import type { PlatformSpec } from '../../../lib/spec/platform';
import { bootstrappedProject } from '../../support/gcp-bootstrapped';
import type { GoogleApis } from '../../support/google-apis';
import { inOrder, type TerraformRun } from '../../support/terraform-deployment';
import { resourcesOf, type TerraformStack, valuesAt } from '../../support/terraform-stacks';
import { Ground } from './ground';
import { fill, newVersions, serve } from './uses';

export type Runs = Readonly<Record<string, TerraformRun>>;

/** What became of a platform, by phase and stack. */
export interface Life {
  readonly stacks: readonly string[];
  readonly applied: Runs;
  /** Looked at again, when it held data and a model served, with nothing changed. */
  readonly settled: Runs;
  /** Stacks with something protected, and how a destroy ended while it was. */
  readonly refused: Runs;
  /** What went all the same. */
  readonly lost: readonly string[];
  /** Applied with both keys to losing data turned. */
  readonly lifted: Runs;
  /** A stack whose endpoint still serves, and how a destroy ended. */
  readonly serving: Runs;
  readonly destroyed: Runs;
  /** What is left of the project besides what was there before. */
  readonly left: readonly string[];
  /** Applied once more, with the keys adopted; nothing unless it was wanted. */
  readonly again: Runs;
  readonly settledAgain: Runs;
  /** Hosts that were asked besides Google's APIs here. */
  readonly asked: readonly string[];
}

const BOTH_KEYS = { [DESTROY_DATA]: 'true', [ALLOW_DATA_LOSS]: 'true' };

export interface LifeOptions {
  readonly google: GoogleApis;
  readonly pluginDir: string;
  /** Whether it is made once more after it was destroyed. */
  readonly twice: boolean;
}

/** A platform's whole life, as the README has it: made, looked at, not destroyed, destroyed, made again. */
export async function live(spec: PlatformSpec, { google, pluginDir, twice }: LifeOptions): Promise<Life> {
  const ground = await Ground.open(google, pluginDir);
  try {
    const { deployment } = ground;
    const write = (context: Readonly<Record<string, string>>) => ground.write(spec, context);
    const project = bootstrappedProject(spec);
    await google.addProject(project);
    const before = await google.resources(project);

    const stacks = write({});
    const protectedOnes = stacks.filter(isProtected);
    const applied = await inOrder(stacks, 'forwards', (stack) => deployment.apply(stack));
    await fill(google, await google.resources(project));
    const server = endpointIn(stacks);
    const stopServing = server === undefined ? undefined : await serve(google, server.endpoint);
    const made = await google.resources(project);
    const [settled, refused] = await Promise.all([
      each(stacks, (stack) => deployment.plan(stack)),
      each(protectedOnes, (stack) => deployment.destroy(stack)),
    ]);
    const kept = await google.resources(project);
    write(BOTH_KEYS);
    const lifted = await each(protectedOnes, (stack) => deployment.apply(stack));
    const serving: Record<string, TerraformRun> = {};
    const destroyed = await inOrder(stacks, 'backwards', async (stack) => {
      if (stack === server?.stack) {
        serving[stack] = await deployment.destroy(stack);
        await stopServing?.();
      }
      return deployment.destroy(stack);
    });
    const left = (await google.resources(project)).filter((one) => !before.includes(one));
    if (twice) await newVersions(google, left);
    const resurrected = twice ? write({ [ADOPT_KEYS]: 'true' }) : [];
    const again = await inOrder(resurrected, 'forwards', (stack) => deployment.apply(stack));
    const settledAgain = await each(resurrected, (stack) => deployment.plan(stack));
    return {
      stacks: stacks.map(({ name }) => name),
      applied,
      settled,
      refused,
      lost: made.filter((one) => !kept.includes(one)),
      lifted,
      serving,
      destroyed,
      left,
      again,
      settledAgain,
      asked: ground.asked,
    };
  } finally {
    await ground.close();
  }
}

/** What went wrong, a line each, `stack: error`. */
export const errorsIn = (runs: Runs): readonly string[] =>
  Object.entries(runs).flatMap(([stack, { errors }]) => errors.map((error) => `${stack}: ${error}`));

/** What a plan would change, or why there is none. */
export const changesIn = (runs: Runs): readonly string[] => [
  ...errorsIn(runs),
  ...Object.entries(runs).flatMap(([stack, { ok, changes }]) =>
    ok ? [] : [`${stack}: ${changes.join(', ') || 'something changes'}`],
  ),
];

/** Whether there is anything that would not be destroyed: of a memory of nothing there is none. */
const isProtected = (stack: TerraformStack): boolean =>
  resourcesOf(stack).some(
    ({ body }) =>
      valuesAt(body, ['lifecycle', 'prevent_destroy']).includes(true) &&
      Object.keys(body.for_each ?? { one: true }).length > 0,
  );

interface Server {
  readonly stack: string;
  /** As Google's APIs name it here. */
  readonly endpoint: string;
}

function endpointIn(stacks: readonly TerraformStack[]): Server | undefined {
  for (const stack of stacks)
    for (const { body } of resourcesOf(stack).filter(({ type }) => type === 'google_vertex_ai_endpoint')) {
      const { project, location, name } = body;
      return { stack: stack.name, endpoint: `aiplatform/projects/${project}/locations/${location}/endpoints/${name}` };
    }
  return undefined;
}

export const each = (
  stacks: readonly TerraformStack[],
  work: (stack: string) => Promise<TerraformRun>,
): Promise<Runs> =>
  inOrder(
    stacks.map(({ name }) => ({ name })),
    'forwards',
    work,
  );
