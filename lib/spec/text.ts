import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { MAX_SPEC_BYTES } from './limits';
import { type Finding, formatPath, type Problem, SpecError, show, UnreadableSpecError } from './problem';

/** The text of a spec and where its lines begin. */
export class SpecText {
  readonly text: string;
  readonly file: string | undefined;
  readonly #lineStarts: readonly number[];

  constructor(text: string, file?: string) {
    this.text = text.startsWith('\uFEFF') ? text.slice(1) : text;
    this.file = file;
    this.#lineStarts = [0, ...Array.from(this.text.matchAll(/\n/g), ({ index }) => index + 1)];
  }

  /** The finding as a problem at an offset of the text. */
  problem(finding: Finding, offset: number | undefined): Problem {
    return {
      ...problemWithoutPlace(finding),
      ...(this.file === undefined ? {} : { file: this.file }),
      ...this.#place(offset, finding.confidential ?? false),
    };
  }

  /** Line of an offset, from 1. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  #place(offset: number | undefined, confidential: boolean): Pick<Problem, 'line' | 'column' | 'frame'> {
    if (offset === undefined) return {};
    const line = this.lineOf(offset);
    const start = this.#lineStarts[line - 1] ?? 0;
    const end = this.#lineStarts[line];
    const source = this.text.slice(start, end).trimEnd();
    return { line, column: offset - start + 1, ...(confidential ? {} : frame(line, source, offset - start)) };
  }
}

const FRAME_WIDTH = 100;

/** The line with a mark below it, cut around the mark where it is long. */
function frame(line: number, source: string, at: number): { frame: string } | undefined {
  if (source.trim() === '') return undefined;
  const from = at > FRAME_WIDTH - 20 ? at - FRAME_WIDTH / 2 : 0;
  const cut = source.slice(from, from + FRAME_WIDTH).replace(/[^\S ]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  const margin = String(line).padStart(5);
  return { frame: `${margin} | ${cut}\n${' '.repeat(margin.length)} | ${' '.repeat(Math.max(0, at - from))}^` };
}

/** The finding as a problem of a spec that has no text. */
export const problemWithoutPlace = (finding: Finding): Problem => ({
  path: formatPath(finding.path),
  message: finding.message,
  received: finding.received ?? 'nothing',
  allowed: finding.allowed,
  fix: finding.fix,
});

/**
 * Reads a spec file.
 *
 * @throws UnreadableSpecError if there is no such file, or it cannot be read
 * @throws SpecError if it is larger than a spec may be, or not UTF-8
 */
export function readSpecFile(file: string): SpecText {
  const bytes = readBytes(file);
  checkSize(bytes.length, file);
  const text = new SpecText(new TextDecoder().decode(bytes), file);
  if (isUtf8(bytes)) return text;
  const offset = text.text.indexOf('\uFFFD');
  throw new SpecError([
    text.problem(
      {
        path: [],
        message: 'is not UTF-8 text',
        received: 'bytes that are no UTF-8',
        allowed: 'YAML or JSON in UTF-8',
        fix: 'save the file as UTF-8',
      },
      offset === -1 ? undefined : offset,
    ),
  ]);
}

/** @throws SpecError if a spec is larger than it may be */
export function checkSize(bytes: number, file?: string): void {
  if (bytes <= MAX_SPEC_BYTES) return;
  const finding: Finding = {
    path: [],
    message: 'is too large',
    received: `more than ${MAX_SPEC_BYTES} bytes`,
    allowed: `at most ${MAX_SPEC_BYTES} bytes (1 MiB)`,
    fix: 'give a spec, which is a few hundred lines; data belongs elsewhere',
  };
  throw new SpecError([{ ...problemWithoutPlace(finding), ...(file === undefined ? {} : { file }) }]);
}

/** Reads one byte more than allowed at most, so that neither a huge file nor a device fills the memory. */
function readBytes(file: string): Uint8Array {
  const buffer = new Uint8Array(MAX_SPEC_BYTES + 1);
  let length = 0;
  try {
    const descriptor = openSync(file, 'r');
    try {
      for (let read = -1; read !== 0 && length < buffer.length; length += read)
        read = readSync(descriptor, buffer, length, buffer.length - length, null);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  return buffer.subarray(0, length);
}

const READ_FAILURES: Readonly<Record<string, readonly [message: string, fix: string]>> = {
  ENOENT: ['there is no such file', 'check the path; it is relative to the directory that the command runs in'],
  ENOTDIR: ['there is no such file', 'check the path: a part of it is a file, not a directory'],
  EISDIR: ['is a directory', 'name the file in it, for example platform.yaml'],
  EACCES: ['may not be read', 'give yourself permission to read it'],
  EPERM: ['may not be read', 'give yourself permission to read it'],
};

function unreadable(file: string, error: unknown): UnreadableSpecError {
  const { code, message } = error as NodeJS.ErrnoException;
  const [what, fix] = READ_FAILURES[code ?? ''] ?? [`cannot be read: ${message}`, 'name another file'];
  return new UnreadableSpecError([
    { file, path: '', message: what, received: show(file), allowed: 'a file with a spec in YAML or JSON', fix },
  ]);
}
