import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BINDINGS_VERSION } from './terraform-bindings';
import { closeNetwork } from './terraform-closed-network';
import { googleProvider } from './terraform-provider';
import { emptyCliConfig, inTemporaryFolder, terraform } from './terraform-run';
import { serveSchemas } from './terraform-schema-server';
import { resourcesOf, type TerraformJson, type TerraformStack } from './terraform-stacks';

export const REAL_PROVIDER = `real hashicorp/google ${BINDINGS_VERSION}`;
export const SCHEMA_ONLY = 'schema only';

export interface TerraformFinding {
  readonly stack: string;
  readonly command: 'init' | 'validate' | 'plan';
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  /** Such as `google_storage_bucket.raw`; empty for the stack itself. */
  readonly address: string;
}

export interface TerraformVerdict {
  /** Which provider judged, and why if it was not the real one. */
  readonly judge: typeof REAL_PROVIDER | typeof SCHEMA_ONLY;
  readonly why: string;
  readonly findings: readonly TerraformFinding[];
  /** How much the plan makes, by stack; nothing without the real provider. */
  readonly planned: Readonly<Record<string, number>>;
  /** Addresses of what it makes. */
  readonly made: Readonly<Record<string, readonly string[]>>;
  /** Hosts that the provider wanted to reach, and did not. */
  readonly asked: readonly string[];
}

export interface TerraformJudgeOptions {
  /** `schemas` even where the real provider can be had. Default: `real` if it can. */
  readonly provider?: 'real' | 'schemas';
}

/** Stacks at a time: a plan keeps one processor busy. */
const AT_A_TIME = 2;

/**
 * What `terraform init`, `validate` and, with the real provider, `plan` say about stacks, from an empty state and with
 * no network: a state bucket is somebody's, so the backend is left out.
 */
export function judgeWithTerraform(
  stacks: readonly TerraformStack[],
  { provider = 'real' }: TerraformJudgeOptions = {},
): Promise<TerraformVerdict> {
  return inTemporaryFolder(async (folder) => {
    const google = provider === 'real' ? await googleProvider() : { ok: false as const, reason: 'it was not wanted' };
    const config = await emptyCliConfig(folder);
    const network = await closeNetwork();
    const schemas = google.ok ? undefined : await serveSchemas(stacks.flatMap(({ json }) => resourceTypes(json)));
    const env = { ...config, ...network.env, ...schemas?.env, GOOGLE_OAUTH_ACCESS_TOKEN: 'x' };
    const pluginDir = google.ok ? google.pluginDir : undefined;
    try {
      const verdicts = await eachOf(stacks, AT_A_TIME, (stack, i) =>
        judgeStack(stack, { cwd: join(folder, String(i)), env, pluginDir }),
      );
      const byStack = <T>(of: (verdict: StackVerdict) => T, none: T): Readonly<Record<string, T>> =>
        Object.fromEntries(stacks.map(({ name }, i) => [name, verdicts[i] === undefined ? none : of(verdicts[i])]));
      return {
        judge: google.ok ? REAL_PROVIDER : SCHEMA_ONLY,
        why: google.ok ? 'terraform init found it' : google.reason,
        findings: verdicts.flatMap(({ findings }) => findings),
        planned: byStack(({ made }) => made.length, 0),
        made: byStack(({ made }) => [...new Set(made)], []),
        asked: [...network.asked].sort(),
      };
    } finally {
      schemas?.close();
      await network.close();
    }
  });
}

/** One line a finding, for assertions that show what is wrong. */
export function terraformLines(findings: readonly TerraformFinding[]): readonly string[] {
  return findings.map(
    ({ stack, command, severity, address, summary, detail }) =>
      `${stack} ${command} ${severity} ${address}: ${summary}: ${detail.replace(/\s+/g, ' ')}`,
  );
}

/**
 * Resources that a plan from nothing leaves out, `stack address` each. What there is by count or by key there may be none
 * of.
 */
export function unplanned(stacks: readonly TerraformStack[], { made }: TerraformVerdict): readonly string[] {
  return stacks.flatMap((stack) =>
    resourcesOf(stack)
      .filter(({ body: { count, for_each } }) => count === undefined && for_each === undefined)
      .filter(({ address }) => !made[stack.name]?.includes(address))
      .map(({ address }) => `${stack.name} ${address}`),
  );
}

interface Bench {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Absent where Terraform attaches to a provider instead of starting one. */
  readonly pluginDir: string | undefined;
}

interface StackVerdict {
  readonly findings: readonly TerraformFinding[];
  /** An address for each instance. */
  readonly made: readonly string[];
}

async function judgeStack({ name, json }: TerraformStack, { cwd, env, pluginDir }: Bench): Promise<StackVerdict> {
  await mkdir(cwd);
  await writeFile(join(cwd, 'cdk.tf.json'), JSON.stringify(withoutBackend(json)));
  const run = (...args: string[]) => terraform(args, { cwd, env });
  const finding = (command: TerraformFinding['command']) => (found: Diagnostic) => ({
    stack: name,
    command,
    severity: found.severity,
    summary: found.summary,
    detail: found.detail ?? '',
    address: found.address ?? found.snippet?.context?.replace(/^resource\./, '') ?? '',
  });

  const init = await run('init', '-backend=false', '-no-color', ...(pluginDir ? [`-plugin-dir=${pluginDir}`] : []));
  if (init.code !== 0)
    return {
      findings: [finding('init')({ severity: 'error', summary: 'init failed', detail: init.stderr })],
      made: [],
    };

  const validate = await run('validate', '-json');
  const { diagnostics } = JSON.parse(validate.stdout) as { diagnostics: Diagnostic[] };
  const validated = diagnostics.map(finding('validate'));
  if (pluginDir === undefined || validated.some(({ severity }) => severity === 'error'))
    return { findings: validated, made: [] };

  const plan = await run('plan', '-json', '-lock=false', '-refresh=false', '-out=plan');
  const events = plan.stdout.split('\n').filter((line) => line !== '');
  const parsed = events.map((line) => JSON.parse(line) as PlanEvent);
  const planned = parsed.flatMap(({ diagnostic }) => (diagnostic ? [finding('plan')(diagnostic)] : []));
  // what validate has said already, plan says again
  const seen = new Set(validated.map(({ summary, detail }) => summary + detail));
  return {
    findings: [...validated, ...planned.filter(({ summary, detail }) => !seen.has(summary + detail))],
    made: parsed.flatMap(({ change }) => (change?.action === 'create' ? addressOf(change) : [])),
  };
}

interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail?: string;
  readonly address?: string;
  readonly snippet?: { readonly context?: string };
}

interface PlanEvent {
  readonly type: string;
  readonly diagnostic?: Diagnostic;
  readonly change?: PlannedChange;
}

interface PlannedChange {
  readonly action: string;
  readonly resource: { readonly resource_type: string; readonly resource_name: string };
}

/** Without the key of an instance: of one resource there may be several. */
const addressOf = ({ resource: { resource_type, resource_name } }: PlannedChange): string =>
  `${resource_type}.${resource_name}`;

function withoutBackend({ terraform: settings = {}, ...rest }: TerraformJson): TerraformJson {
  const { backend: _, ...others } = settings;
  return { ...rest, terraform: others };
}

function resourceTypes({ resource }: TerraformJson): readonly string[] {
  return Object.keys(resource ?? {});
}

async function eachOf<T, R>(
  items: readonly T[],
  atATime: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, item] = next;
      results[index] = await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return results;
}
