import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { MANIFEST, snapshotManifest } from '../../plan/pipeline/snapshot-manifest';
import { CommandFailed } from '../command-failed';
import { contentId, dataFiles, holdsOnly } from './dataset-files';
import type { LocalStore } from './local-store';

/** Bits of a file's mode that let somebody write it. */
const WRITABLE = 0o222;

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
 * given that copy itself, so no file of it can be written, and one that was changed all the same is left for another copy.
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
  if (before && isWhole(manifest, id)) return { dataset, id, folder: folderOf(manifest), made: 'before' };
  // A folder of its own for each run: two that freeze the same at once do not meet, and the first manifest counts.
  const folder = join(dirname(manifest), run);
  const committedAt = new Date(Math.max(...files.map((file) => statSync(file).mtimeMs))).toISOString();
  const text = `${JSON.stringify(snapshotManifest({ dataset, snapshot: id, committedAt, folder: `${run}/` }), null, 2)}\n`;
  try {
    for (const file of files) {
      const to = join(folder, relative(from, file));
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(file, to);
      forbidWriting(to);
    }
    const copy = join(folder, MANIFEST);
    writeFileSync(copy, text);
    forbidWriting(copy);
  } catch (error) {
    // Half a copy would only fill the disk: the next run makes its own.
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  if (before) replace(manifest, text, run);
  else writeOnce(manifest, text);
  return { dataset, id, folder: folderOf(manifest), made: before ? 'anew' : 'now' };
}

function folderOf(manifest: string): string {
  const { folder } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly folder: string };
  return resolve(dirname(manifest), folder);
}

/** Whether the folder that a manifest tells has its copy, the files that the id is of, and no others. */
function isWhole(manifest: string, id: string): boolean {
  const folder = folderOf(manifest);
  const copy = join(folder, MANIFEST);
  return existsSync(copy) && readFileSync(copy).equals(readFileSync(manifest)) && holdsOnly(folder, id, copy);
}

/** Folders stay as they are, so that whoever wants to can delete them. */
const forbidWriting = (file: string): void => chmodSync(file, statSync(file).mode & ~WRITABLE);

function writeOnce(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** At one blow: somebody else may be reading it. */
function replace(file: string, text: string, run: string): void {
  const aside = `${file}.${run}`;
  writeFileSync(aside, text);
  renameSync(aside, file);
}
