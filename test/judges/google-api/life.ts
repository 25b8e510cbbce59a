import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesise } from '../../../lib/gcp/app/synthesise';
import { ADOPT_KEYS } from '../../../lib/gcp/keys/customer-key';
import { ALLOW_DATA_LOSS, DESTROY_DATA } from '../../../lib/plan/data-loss';
import type { PlatformSpec } from '../../../lib/spec/platform';
import { bootstrappedProject } from '../../support/gcp-bootstrapped';
import type { GoogleApis, GoogleProject } from '../../support/google-apis';
import { closeNetwork } from '../../support/terraform-closed-network';
import { Deployment, inOrder, type TerraformRun } from '../../support/terraform-deployment';
import { emptyCliConfig } from '../../support/terraform-run';
import { resourcesOf, type TerraformStack, valuesAt } from '../../support/terraform-stacks';
import { stacksIn } from '../../support/terraform-synth';

type Runs = Readonly<Record<string, TerraformRun>>;

/** What became of a platform, by phase and stack. */
export interface Life {
  readonly stacks: readonly string[];
  readonly applied: Runs;
  /** Looked at again, with nothing changed. */
  readonly settled: Runs;
  /** Stacks with something protected, and how a destroy ended while it was. */
  readonly refused: Runs;
  /** What went all the same. */
  readonly lost: readonly string[];
  /** Applied with both keys to losing data turned. */
  readonly lifted: Runs;
  readonly destroyed: Runs;
  /** What is left of the project besides what was there before, but for its default routes. */
  readonly left: readonly string[];
  /** Applied once more, with the keys adopted. */
  readonly again: Runs;
  readonly settledAgain: Runs;
  /** Hosts that were asked besides Google's APIs here. */
  readonly asked: readonly string[];
}

const BOTH_KEYS = { [DESTROY_DATA]: 'true', [ALLOW_DATA_LOSS]: 'true' };

/** A platform's whole life, as the README has it: made, looked at, not destroyed, destroyed, made again. */
export async function live(spec: PlatformSpec, google: GoogleApis, pluginDir: string): Promise<Life> {
  const home = await mkdtemp(join(tmpdir(), 'terraform-life-'));
  const network = await closeNetwork();
  try {
    const outdir = join(home, 'cdktf.out');
    const env = { ...(await emptyCliConfig(home)), ...network.env, ...google.env };
    const deployment = new Deployment({ outdir, env, pluginDir });
    const write = (context: Readonly<Record<string, string>>): readonly TerraformStack[] => {
      synthesise(spec, outdir, context);
      return stacksIn(outdir);
    };
    const project = bootstrappedProject(spec);
    await google.addProject(project);
    const before = await madeIn(google, project);

    const stacks = write({});
    const protectedOnes = stacks.filter(isProtected);
    const applied = await inOrder(stacks, 'forwards', (stack) => deployment.apply(stack));
    const settled = await each(stacks, (stack) => deployment.plan(stack));
    const made = await madeIn(google, project);
    const refused = await each(protectedOnes, (stack) => deployment.destroy(stack));
    const kept = await madeIn(google, project);
    write(BOTH_KEYS);
    const lifted = await each(protectedOnes, (stack) => deployment.apply(stack));
    const destroyed = await inOrder(stacks, 'backwards', (stack) => deployment.destroy(stack));
    const left = (await madeIn(google, project)).filter((one) => !before.includes(one));
    await newVersions(google, left);
    write({ [ADOPT_KEYS]: 'true' });
    const again = await inOrder(stacks, 'forwards', (stack) => deployment.apply(stack));
    const settledAgain = await each(stacks, (stack) => deployment.plan(stack));
    return {
      stacks: stacks.map(({ name }) => name),
      applied,
      settled,
      refused,
      lost: made.filter((one) => !kept.includes(one)),
      lifted,
      destroyed,
      left,
      again,
      settledAgain,
      asked: [...network.asked].sort(),
    };
  } finally {
    await network.close();
    await rm(home, { recursive: true, force: true });
  }
}

/** What went wrong, a line each, `stack: error`. */
export const errorsIn = (runs: Runs): readonly string[] =>
  Object.entries(runs).flatMap(([stack, { errors }]) => errors.map((error) => `${stack}: ${error}`));

/** What a plan would change, or why there is none. */
export const changesIn = (runs: Runs): readonly string[] => [
  ...errorsIn(runs),
  ...Object.entries(runs).flatMap(([stack, { changes }]) => changes.map((change) => `${stack}: ${change}`)),
];

const isProtected = (stack: TerraformStack): boolean =>
  resourcesOf(stack).some(({ body }) => valuesAt(body, ['lifecycle', 'prevent_destroy']).includes(true));

const each = (stacks: readonly TerraformStack[], work: (stack: string) => Promise<TerraformRun>): Promise<Runs> =>
  inOrder(
    stacks.map(({ name }) => ({ name })),
    'forwards',
    work,
  );

/** Without what every network has. */
async function madeIn(google: GoogleApis, project: GoogleProject): Promise<readonly string[]> {
  return (await google.resources(project)).filter((one) => !one.includes('/routes/default-route-'));
}

/** `gcloud kms keys versions create --primary`, of every key that is there. */
async function newVersions(google: GoogleApis, left: readonly string[]): Promise<void> {
  for (const key of left.filter((one) => /\/cryptoKeys\/[^/]+$/.test(one))) {
    const address = `cloudkms.googleapis.com/v1/${key.replace('cloudkms/', '')}`;
    const { name } = (await google.request('POST', `${address}/cryptoKeyVersions`, {})) as { readonly name: string };
    await google.request('POST', `${address}:updatePrimaryVersion`, { cryptoKeyVersionId: name.split('/').at(-1) });
  }
}
