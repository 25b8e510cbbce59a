import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { CommandFailed } from '../command-failed';
import type { ProcessPlace } from './run-process';

/** Bytes in which the line stands that names an interpreter. Linux reads no more of it. */
const FIRST_LINE = 256;

/** Why a program could not be started. What the machine refuses beyond that stays what it is. */
export function notStarted(
  program: string,
  { code, venv }: ProcessPlace,
  path: string,
  error: NodeJS.ErrnoException,
): Error {
  // A name with a folder in it is looked for there and nowhere else.
  const named = /[/\\]/.test(program);
  const where = named ? `in ${code}` : venv === undefined ? 'on the PATH' : `in ${venv} or on the PATH`;
  const mend = named ? 'or say another command.' : 'or name with --venv the virtual environment that has it.';
  if (error.code === 'EACCES')
    return new CommandFailed(`What is called ${program} ${where} may not be run. Make it executable, ${mend}`);
  if (error.code !== 'ENOENT') return error;
  const folders = named ? [code] : path.split(delimiter);
  const found = folders.map((folder) => resolve(code, folder, program)).find(isFile);
  return new CommandFailed(
    found === undefined
      ? `There is no program ${program} ${where}. ${named ? 'Let --code be the folder that it is in,' : 'Install it,'} ${mend}`
      : `There is no such interpreter as the first line of ${found} names: ${JSON.stringify(firstLine(found))}. Install it, or mend that line, which may end in no \\r.`,
  );
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function firstLine(file: string): string {
  const block = Buffer.alloc(FIRST_LINE);
  const open = openSync(file, 'r');
  try {
    const [line = ''] = block.toString('utf8', 0, readSync(open, block)).split('\n');
    return line;
  } finally {
    closeSync(open);
  }
}
