import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reason } from '../../plan/pipeline/pipeline-plan';
import type { LocalStore } from './local-store';
import type { Metrics } from './metrics';

const REGISTRATION = 'registration.json';
const REGISTRATION_VERSION = 1;
/** Folder of the model's files within that of its version. */
export const MODEL_FOLDER = 'model';

/** Where a version comes from: the lineage that clouds register too. */
export interface Lineage {
  readonly run: string;
  readonly reason: Reason;
  readonly trigger: string;
  readonly revision: string;
  /** Digest of each image by its tag. None locally, where steps run without images. */
  readonly images: Readonly<Record<string, string>>;
  /** Id of the snapshot by dataset. */
  readonly snapshots: Readonly<Record<string, string>>;
  readonly metrics: Metrics;
  /** Folder of what the model was trained on, which later data is compared with. */
  readonly reference?: string;
}

export interface Registration extends Lineage {
  readonly schemaVersion: typeof REGISTRATION_VERSION;
  readonly model: string;
  readonly version: number;
  /** Tag of the image that serves it. */
  readonly image: string;
}

/** Keeps the files of a model as its next version. */
export function register(
  store: LocalStore,
  model: string,
  files: string,
  image: string,
  lineage: Lineage,
): { readonly version: number; readonly folder: string } {
  mkdirSync(store.versions(model), { recursive: true });
  const draft = join(store.versions(model), `.${lineage.run}`);
  rmSync(draft, { recursive: true, force: true });
  try {
    // Links and all: the folder of the run may go.
    cpSync(files, join(draft, MODEL_FOLDER), { recursive: true, dereference: true });
    for (let version = store.newestVersion(model) + 1; ; version += 1) {
      const content: Registration = { schemaVersion: REGISTRATION_VERSION, model, version, image, ...lineage };
      writeFileSync(join(draft, REGISTRATION), `${JSON.stringify(content, null, 2)}\n`);
      const folder = store.version(model, version);
      try {
        // Fails where another run took the number in between.
        renameSync(draft, folder);
        return { version, folder };
      } catch (error) {
        if (!existsSync(folder)) throw error;
      }
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * The version that a run is compared with: the newest one, for nothing is rolled out on a laptop; undefined if there is
 * none.
 */
export function localChampion(store: LocalStore, model: string): Registration | undefined {
  const version = store.newestVersion(model);
  if (version === 0) return undefined;
  return JSON.parse(readFileSync(join(store.version(model, version), REGISTRATION), 'utf8')) as Registration;
}
