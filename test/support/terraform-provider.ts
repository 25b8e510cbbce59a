import { mkdir, realpath, rmdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BINDINGS_VERSION } from './terraform-bindings';
import { inTemporaryFolder, terraform } from './terraform-run';

/** The provider itself, in a folder that `terraform init -plugin-dir` takes; or why it cannot be had. */
export type GoogleProvider =
  | { readonly ok: true; readonly pluginDir: string }
  | { readonly ok: false; readonly reason: string };

const SOURCE = 'registry.terraform.io/hashicorp/google';
const CACHE = resolve(__dirname, '../../node_modules/.cache/terraform-plugins');

/** Everything that tells Terraform where to find providers, or how to reach the registry. */
const FINDING = /^(TF_CLI_CONFIG_FILE|TF_PLUGIN_CACHE_DIR|SSL_CERT_(FILE|DIR)|(https?|no|all)_proxy)$/i;

const LOCK_POLL_MS = 100;
const LONGEST_DOWNLOAD_MS = 10 * 60_000;

let found: Promise<GoogleProvider> | undefined;

/**
 * hashicorp/google in the release of the bindings, wherever a plain `terraform init` finds it: below
 * `~/.terraform.d/plugins`, in a mirror of the user's configuration or in the registry.
 */
export function googleProvider(): Promise<GoogleProvider> {
  found ??= alone(find);
  return found;
}

function find(): Promise<GoogleProvider> {
  return inTemporaryFolder(async (folder) => {
    const google = { source: 'hashicorp/google', version: BINDINGS_VERSION };
    await writeFile(join(folder, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: { google } } }));
    await mkdir(CACHE, { recursive: true });
    const set = Object.entries(process.env).flatMap(([name, value]) =>
      FINDING.test(name) && value !== undefined ? [[name, value] as const] : [],
    );
    const { code, stderr } = await terraform(['init', '-backend=false', '-no-color'], {
      cwd: folder,
      env: {
        TF_PLUGIN_CACHE_DIR: CACHE,
        TF_REGISTRY_DISCOVERY_RETRY: '0',
        TF_REGISTRY_CLIENT_TIMEOUT: '10',
        ...Object.fromEntries(set),
      },
    });
    if (code !== 0) return { ok: false, reason: causeOf(stderr) };
    // `…/plugins/registry.terraform.io/hashicorp/google/6.50.0/linux_amd64`, behind the link that init made
    const linked = join(folder, '.terraform/providers', SOURCE, BINDINGS_VERSION);
    const { platform } = JSON.parse((await terraform(['version', '-json'], { cwd: folder })).stdout);
    return { ok: true, pluginDir: resolve(await realpath(join(linked, platform)), '../../../../..') };
  });
}

/** One process at a time: a download of two into the same cache ends in neither. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  const lock = `${CACHE}.lock`;
  await mkdir(resolve(CACHE, '..'), { recursive: true });
  while (
    !(await mkdir(lock).then(
      () => true,
      () => false,
    ))
  ) {
    const { mtimeMs = Date.now() } = await stat(lock).catch(() => ({ mtimeMs: undefined }));
    // its process died in the middle
    if (Date.now() - mtimeMs > LONGEST_DOWNLOAD_MS) await rmdir(lock).catch(() => undefined);
    else await delay(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rmdir(lock);
  }
}

/** The error alone, in one line: warnings about the configuration of the command stand before it. */
function causeOf(stderr: string): string {
  const text = stderr.replace(/[│╷╵\s]+/g, ' ').trim();
  return text.slice(Math.max(text.indexOf('Error: '), 0));
}
