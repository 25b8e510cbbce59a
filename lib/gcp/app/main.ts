import { existsSync, readdirSync, rmSync } from 'node:fs';
import { CONTEXT_ENV } from 'cdktf';
import { loadPlatformSpec } from '../../plan/load';
import { SpecError } from '../../spec/problem';
import { platformApp } from './platform-app';

const USAGE =
  'Name the spec: MLOPS_SPEC=platform.yaml MLOPS_ENVIRONMENT=prod cdktf synth, or "context": { "spec": …, "environment": … } in cdktf.json';

/** What the CDKTF CLI writes to, as CDKTF itself finds it. */
const outdir = process.env.CDKTF_OUTDIR ?? 'cdktf.out';

/**
 * The app of cdktf.json: variables of the environment, or its context, choose what the CDKTF CLI works on. The spec is
 * loaded before there is an app, which would make the folder of the templates.
 */
function main(): void {
  const context: Readonly<Record<string, unknown>> = JSON.parse(process.env[CONTEXT_ENV] ?? '{}');
  const chosen = (variable: string, name: string): string | undefined => {
    const value = process.env[variable] ?? context[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const file = chosen('MLOPS_SPEC', 'spec');
  if (file === undefined) throw new Error(USAGE);
  const environment = chosen('MLOPS_ENVIRONMENT', 'environment');
  const spec = loadPlatformSpec(file, environment === undefined ? {} : { environment });
  leavingNothing(() => platformApp({ spec, outdir }).synth());
}

/** Takes what was half-written away again, unless the folder held something before. */
function leavingNothing(write: () => void): void {
  const fresh = !existsSync(outdir) || readdirSync(outdir).length === 0;
  try {
    write();
  } catch (error) {
    if (fresh) rmSync(outdir, { recursive: true, force: true });
    throw error;
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof SpecError ? 1 : 2;
}
