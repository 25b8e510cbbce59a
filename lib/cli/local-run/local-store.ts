import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PREFIXES, pipelinePrefix } from '../../plan/access';
import { snapshotPrefix } from '../../plan/pipeline/pipeline-access';

/** Folder of registered versions, which clouds keep in a registry and not in the artifact store. */
const REGISTRY = 'registry';

/** The folder that local runs write to, laid out as the artifact store of a platform. */
export class LocalStore {
  constructor(readonly root: string) {}

  snapshot(dataset: string, id: string): string {
    return join(this.root, snapshotPrefix(dataset), id);
  }

  /** Folder of a run: its steps, and what became of it. */
  run(model: string, run: string): string {
    return join(this.root, pipelinePrefix(model), run);
  }

  step(model: string, run: string, step: string): string {
    return join(this.run(model, run), step);
  }

  output(model: string, run: string, step: string, output: string): string {
    return join(this.step(model, run, step), output);
  }

  versions(model: string): string {
    return join(this.root, REGISTRY, model);
  }

  version(model: string, version: number): string {
    return join(this.versions(model), String(version));
  }

  /** Takes the next name for a run: two that begin at once have different ones. */
  beginRun(model: string): string {
    mkdirSync(join(this.root, PREFIXES.pipelines, model), { recursive: true });
    for (let number = newest(join(this.root, pipelinePrefix(model)), /^local-(\d+)$/) + 1; ; number += 1) {
      const run = `local-${number}`;
      try {
        mkdirSync(this.run(model, run));
        return run;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  /** Number of the newest version; 0 if there is none. */
  newestVersion(model: string): number {
    return newest(this.versions(model), /^(\d+)$/);
  }
}

/** The greatest number among the names in a folder; 0 without one. */
function newest(folder: string, name: RegExp): number {
  return Math.max(0, ...entries(folder).map((entry) => Number(name.exec(entry)?.[1] ?? 0)));
}

/** Names in a folder; none if it is not there. */
export function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
