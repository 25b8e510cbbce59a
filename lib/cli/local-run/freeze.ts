import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { CommandFailed } from '../command-failed';
import type { LocalStore } from './local-store';

/** Says which folder a snapshot is in; a copy of it lies beside the data. */
export const SNAPSHOT_MANIFEST = 'manifest.json';
const MANIFEST_VERSION = 1;
/** Digits of the hash that a snapshot is known by. */
const ID_LENGTH = 16;
/** Bytes that are read at once. */
const BLOCK = 1024 * 1024;

/** An immutable copy of a dataset. */
export interface LocalSnapshot {
  readonly dataset: string;
  /** Hash of the names and contents of its files. */
  readonly id: string;
  /** With its files. */
  readonly folder: string;
  /** Whether an earlier run had frozen the same. */
  readonly reused: boolean;
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

/** Freezes datasets: copies the Parquet files of `<data>/<dataset>/` into the store, unless they are there already. */
export const freeze = (
  datasets: readonly string[],
  data: string,
  store: LocalStore,
  run: string,
): readonly LocalSnapshot[] => datasets.map((dataset) => freezeOne(dataset, join(data, dataset), store, run));

function freezeOne(dataset: string, from: string, store: LocalStore, run: string): LocalSnapshot {
  const files = dataFiles(from);
  const id = contentId(from, files);
  const manifest = join(store.snapshot(dataset, id), SNAPSHOT_MANIFEST);
  const reused = existsSync(manifest);
  if (!reused) {
    // A folder of its own for each run: two that freeze the same at once do not meet, and the first manifest counts.
    const folder = join(dirname(manifest), run);
    try {
      for (const file of files) {
        const to = join(folder, relative(from, file));
        mkdirSync(dirname(to), { recursive: true });
        copyFileSync(file, to);
      }
    } catch (error) {
      // Half a copy would only fill the disk: the next run makes its own.
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    const committedAt = new Date(Math.max(...files.map((file) => statSync(file).mtimeMs))).toISOString();
    const content = {
      schemaVersion: MANIFEST_VERSION,
      dataset,
      snapshot: id,
      committedAt,
      folder: run,
      format: 'parquet',
    };
    const text = `${JSON.stringify(content, null, 2)}\n`;
    writeFileSync(join(folder, SNAPSHOT_MANIFEST), text);
    writeOnce(manifest, text);
  }
  const { folder } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly folder: string };
  return { dataset, id, folder: resolve(dirname(manifest), folder), reused };
}

function writeOnce(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Files of a folder and those below it that hold data, by name: neither what is hidden nor a manifest. */
export function dataFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.split(sep).some((part) => part.startsWith('.')))
    .filter((name) => !basename(name).startsWith('_') && basename(name) !== SNAPSHOT_MANIFEST)
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

function contentId(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${relative(folder, file).split(sep).join('/')} ${fileHash(file)}\n`);
  }
  return hash.digest('hex').slice(0, ID_LENGTH);
}

/** Block by block: a file may be larger than what Node reads at once. */
function fileHash(file: string): string {
  const hash = createHash('sha256');
  const block = Buffer.alloc(BLOCK);
  const open = openSync(file, 'r');
  try {
    for (let read = readSync(open, block); read > 0; read = readSync(open, block)) hash.update(block.subarray(0, read));
  } finally {
    closeSync(open);
  }
  return hash.digest('hex');
}
