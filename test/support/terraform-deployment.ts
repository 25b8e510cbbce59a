import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { terraform } from './terraform-run';

export interface DeploymentOptions {
  /** Folder of what was synthesised. */
  readonly outdir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where the provider is. */
  readonly pluginDir: string;
}

/** How a command of terraform ended. */
export interface TerraformRun {
  readonly ok: boolean;
  /** A line each. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** What was planned: `update google_storage_bucket.raw`. */
  readonly changes: readonly string[];
}

/** The provider waits so long for others that ask the same. Its default, 3 s, is a courtesy to Google's quotas. */
const SEND_AFTER = '20ms';

/** Processes at a time, whatever they belong to: most of them sleep, as the provider does after each grant. */
const AT_A_TIME = 8;

/** Processes end before there is much garbage to collect: a third of their time otherwise. */
const SELDOM_COLLECTED = { GOGC: '400' };

/** Stacks on disk, applied with the real provider. States lie beside the folder, so that they outlive the next synthesis. */
export class Deployment {
  constructor(private readonly options: DeploymentOptions) {}

  apply(stack: string): Promise<TerraformRun> {
    return this.run(stack, 'apply', '-auto-approve');
  }

  /** Looks at everything anew: `ok` where nothing is to change. */
  plan(stack: string): Promise<TerraformRun> {
    return this.run(stack, 'plan', '-detailed-exitcode');
  }

  destroy(stack: string): Promise<TerraformRun> {
    return this.run(stack, 'destroy', '-auto-approve');
  }

  private run(stack: string, command: string, ...more: readonly string[]): Promise<TerraformRun> {
    const { outdir, pluginDir } = this.options;
    const env = { ...SELDOM_COLLECTED, ...this.options.env };
    const cwd = join(outdir, 'stacks', stack);
    return inTurn(async () => {
      if (!existsSync(join(cwd, '.terraform'))) {
        await writeFile(join(cwd, 'override.tf.json'), JSON.stringify(override(stack)));
        const init = await terraform(['init', `-plugin-dir=${pluginDir}`, '-no-color'], { cwd, env });
        if (init.code !== 0) return { ok: false, errors: [`init: ${init.stderr}`], warnings: [], changes: [] };
      }
      const { code, stdout, stderr } = await terraform([command, '-json', '-lock=false', ...more], { cwd, env });
      return runOf(code, stdout, stderr);
    });
  }
}

/** What is of the place where the templates are applied, and not of the platform. */
const override = (stack: string): object => ({
  terraform: { backend: { local: { path: `../../../terraform.${stack}.tfstate` } } },
  provider: { google: { batching: { send_after: SEND_AFTER, enable_batching: true } } },
});

/** How a plan with `-detailed-exitcode` ends where something is to change. */
const CHANGES = 2;

interface TerraformEvent {
  readonly type?: string;
  readonly change?: { readonly action: string; readonly resource: { readonly addr: string } };
  readonly diagnostic?: {
    readonly severity: string;
    readonly summary: string;
    readonly detail?: string;
    readonly address?: string;
  };
}

function runOf(code: number, stdout: string, stderr: string): TerraformRun {
  const events = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as TerraformEvent]));
  const said = (severity: string) =>
    events.flatMap(({ diagnostic }) =>
      diagnostic?.severity === severity
        ? [`${diagnostic.address ?? ''}: ${diagnostic.summary} ${diagnostic.detail ?? ''}`.replace(/\s+/g, ' ').trim()]
        : [],
    );
  const errors = said('error');
  const failed = code !== 0 && code !== CHANGES;
  return {
    ok: code === 0,
    errors: failed && errors.length === 0 ? [stderr] : errors,
    warnings: said('warning'),
    changes: events.flatMap(({ type, change }) =>
      type === 'planned_change' && change !== undefined ? [`${change.action} ${change.resource.addr}`] : [],
    ),
  };
}

const waiting: (() => void)[] = [];
let running = 0;

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_A_TIME) await new Promise<void>((go) => waiting.push(go));
  else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

/** A stack, and which have to be there before it. */
export interface Ordered {
  readonly name: string;
  readonly after?: readonly string[];
}

export type Direction = 'forwards' | 'backwards';

/** Does something with every stack, each as soon as those are done that it waits for; results by name. */
export async function inOrder<T>(
  stacks: readonly Ordered[],
  direction: Direction,
  work: (stack: string) => Promise<T>,
): Promise<Readonly<Record<string, T>>> {
  const before = (stack: Ordered): readonly string[] =>
    direction === 'forwards'
      ? (stack.after ?? [])
      : stacks.filter(({ after = [] }) => after.includes(stack.name)).map(({ name }) => name);
  const begun = new Map<string, Promise<T>>();
  const begin = (stack: Ordered): Promise<T> => {
    const known = begun.get(stack.name);
    if (known !== undefined) return known;
    const waitsFor = stacks.filter(({ name }) => before(stack).includes(name));
    const started = Promise.all(waitsFor.map(begin)).then(() => work(stack.name));
    begun.set(stack.name, started);
    return started;
  };
  const results = await Promise.all(stacks.map(async (stack) => [stack.name, await begin(stack)] as const));
  return Object.fromEntries(results);
}
