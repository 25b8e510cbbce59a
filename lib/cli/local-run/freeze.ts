import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { MANIFEST, snapshotManifest } from '../../plan/pipeline/snapshot-manifest';
import { CommandFailed } from '../command-failed';
import { contentId, dataFiles } from './dataset-files';
import type { LocalStore } from './local-store';
import { replaceFile } from './replace-file';

/** An immutable copy of a dataset. */
export interface LocalSnapshot {
  readonly dataset: string;
  /** Hash of the names and contents of its files. */
  readonly id: string;
  /** With its files. */
  readonly folder: string;
  /** Whether it is what an earlier run had frozen, or takes its place, as that was changed since; or is of this run. */
  readonly made: 'before' | 'anew' | 'now';
}

/** @throws CommandFailed with every dataset that has no data */
export function checkData(datasets: readonly string[], data: string): void {
  const missing = datasets.filter((dataset) => dataFiles(join(data, dataset)).length === 0);
  if (missing.length > 0)
    throw new CommandFailed(
      [
        `There is no data for ${missing.join(', ')} in ${data}.`,
        'Each dataset that the pipeline reads wants a folder of Parquet files there:',
        ...missing.map((dataset) => `  ${join(data, dataset, '…')}`),
      ].join('\n'),
    );
}

/**
 * Freezes datasets: copies the Parquet files of `<data>/<dataset>/` into the store, unless they are there already. Steps are
 * given that copy itself: where one changed it, the next run makes another.
 */
export const freeze = (
  datasets: readonly string[],
  data: string,
  store: LocalStore,
  run: string,
): readonly LocalSnapshot[] => datasets.map((dataset) => freezeOne(dataset, join(data, dataset), store, run));

function freezeOne(dataset: string, from: string, store: LocalStore, run: string): LocalSnapshot {
  const files = dataFiles(from);
  const id = contentId(from, files);
  const manifest = join(store.snapshot(dataset, id), MANIFEST);
  const before = existsSync(manifest);
  const whole = before ? wholeFolder(manifest, id) : undefined;
  if (whole !== undefined) return { dataset, id, folder: whole, made: 'before' };
  // A folder of its own for each run: of two that freeze the same at once the last manifest counts, and both are whole.
  const folder = join(dirname(manifest), run);
  const committedAt = new Date(Math.max(...files.map((file) => statSync(file).mtimeMs))).toISOString();
  const content = snapshotManifest({ dataset, snapshot: id, committedAt, folder: `${run}/` });
  const text = `${JSON.stringify(content, null, 2)}\n`;
  try {
    for (const file of files) {
      const to = join(folder, relative(from, file));
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(file, to);
    }
    writeFileSync(join(folder, MANIFEST), text);
    replaceFile(manifest, text, run);
  } catch (error) {
    // Half a copy would only fill the disk: the next run makes its own.
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return { dataset, id, folder, made: before ? 'anew' : 'now' };
}

/** The folder that a manifest tells, if what steps read there is what the id is of, and that manifest. */
function wholeFolder(manifest: string, id: string): string | undefined {
  try {
    const text = readFileSync(manifest);
    const { folder: name } = JSON.parse(String(text)) as { readonly folder: string };
    const folder = resolve(dirname(manifest), name);
    const whole = contentId(folder, dataFiles(folder)) === id && readFileSync(join(folder, MANIFEST)).equals(text);
    return whole ? folder : undefined;
  } catch {
    // Files that have gone, or a manifest that was written while the disk was full: whatever it is, it is not whole.
    return undefined;
  }
}
