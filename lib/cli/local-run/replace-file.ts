import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file at one blow: somebody else may be reading it, and where the disk is full, what it said before stays.
 *
 * @param suffix - of the name that it has until it is whole; of who writes it, where several may at once
 */
export function replaceFile(file: string, text: string, suffix = 'new'): void {
  const aside = `${file}.${suffix}`;
  try {
    writeFileSync(aside, text);
    renameSync(aside, file);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error;
  }
}
