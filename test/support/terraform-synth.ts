import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import type { TerraformStack } from './terraform-stacks';

interface StackManifest {
  readonly name: string;
  readonly constructPath: string;
  readonly synthesizedStackPath: string;
  /** Paths of constructs. */
  readonly dependencies: readonly string[];
}

/** Stacks as `cdktf synth` writes them, validated, in an order in which they can be applied. */
export function synthStacks(
  build: (app: App) => unknown,
  context: Readonly<Record<string, unknown>> = {},
): readonly TerraformStack[] {
  const outdir = mkdtempSync(join(tmpdir(), 'cdktf-'));
  try {
    const app = new App({ outdir, context: { ...context } });
    build(app);
    app.synth();
    return stacksIn(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The stacks that an app has written to a folder, those first that others depend on. */
export function stacksIn(outdir: string): readonly TerraformStack[] {
  const read = (file: string) => JSON.parse(readFileSync(join(outdir, file), 'utf8'));
  const manifests = Object.values(read('manifest.json').stacks as Readonly<Record<string, StackManifest>>);
  const byPath = new Map(manifests.map((manifest) => [manifest.constructPath, manifest]));
  const ordered = new Set<StackManifest>();
  const add = (manifest: StackManifest) => {
    for (const path of manifest.dependencies) {
      const before = byPath.get(path);
      if (before !== undefined && !ordered.has(before)) add(before);
    }
    ordered.add(manifest);
  };
  for (const manifest of manifests) add(manifest);
  return [...ordered].map(({ name, synthesizedStackPath, dependencies }) => ({
    name,
    json: read(synthesizedStackPath),
    after: dependencies.flatMap((path) => byPath.get(path)?.name ?? []),
  }));
}
