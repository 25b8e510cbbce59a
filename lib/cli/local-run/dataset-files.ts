import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { MANIFEST } from '../../plan/pipeline/snapshot-manifest';

/** Digits of the hash that a snapshot is known by. */
const ID_LENGTH = 16;
/** Bytes that are read at once. */
const BLOCK = 1024 * 1024;

/** Files of a folder and those below it that hold data, by name: neither what is hidden nor a manifest. */
export function dataFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.split(sep).some((part) => part.startsWith('.')))
    .filter((name) => !basename(name).startsWith('_') && basename(name) !== MANIFEST)
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

/** Hash of the names of files in a folder, and of what is in them. */
export function contentId(folder: string, files: readonly string[]): string {
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
