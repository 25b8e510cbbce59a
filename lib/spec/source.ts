import { fileURLToPath } from 'node:url';
import { copyPlain, isMap, type RawMap, valueAt } from './plain';
import { type Finding, type Path, type Problem, SpecError, show } from './problem';
import { checkSize, problemWithoutPlace, readSpecFile, SpecText } from './text';
import { parseYaml } from './yaml';
import type { Mark } from './yaml-node';

/** A spec as it was given: plain data, and the way back from a path to the text. */
export interface Source {
  readonly value: RawMap;
  /** Keys that the value lacks because a spec cannot have them, or has them already. */
  readonly dropped: readonly Problem[];
  /** The finding with its place. Its path is one of the source. */
  readonly problem: (finding: Finding) => Problem;
  /** How a number, boolean or null at a path was written, if the source is a text. */
  readonly written: (path: Path) => string | undefined;
}

/**
 * Reads a spec.
 *
 * @param input - the path of a file or its `file:` URL; or the text itself, which is told from a path by a line feed in
 *   it or a `{` at its start; or plain data, which is copied
 * @throws SpecError with everything that is wrong in its form, if it is more than keys that can be dropped
 */
export function readSource(input: string | URL | object): Source {
  if (input instanceof URL) return sourceOfText(readSpecFile(pathOf(input)));
  if (typeof input !== 'string') return sourceOfObject(input);
  if (!input.includes('\n') && !input.trimStart().startsWith('{')) return sourceOfText(readSpecFile(input));
  checkSize(Buffer.byteLength(input));
  return sourceOfText(new SpecText(input));
}

function pathOf(url: URL): string {
  if (url.protocol === 'file:') return fileURLToPath(url);
  throw new SpecError([
    {
      path: '',
      message: 'is not the address of a file',
      received: show(url.href),
      allowed: 'a file: URL, a path, a text or an object',
      fix: 'download the spec and name the file',
    },
  ]);
}

function sourceOfText(text: SpecText): Source {
  const { value, mark, dropped } = parseYaml(text);
  const problem = (finding: Finding): Problem => text.problem(finding, offsetOf(mark, finding));
  if (!isMap(value)) throw new SpecError([...dropped, problem(notAMap(value))]);
  return {
    value,
    dropped,
    problem,
    written: (path) => path.reduce<Mark | undefined>((at, key) => at?.children?.get(key), mark)?.written,
  };
}

function sourceOfObject(input: unknown): Source {
  const problems: Problem[] = [];
  const dropped: Problem[] = [];
  const value = copyPlain(
    input,
    (finding) => problems.push(problemWithoutPlace(finding)),
    (finding) => dropped.push(problemWithoutPlace(finding)),
  );
  if (problems.length > 0) throw new SpecError([...problems, ...dropped]);
  if (!isMap(value)) throw new SpecError([problemWithoutPlace(notAMap(value))]);
  return { value, dropped, problem: problemWithoutPlace, written: () => undefined };
}

const notAMap = (value: unknown): Finding => ({
  path: [],
  message: 'is not a map',
  received: show(value),
  allowed: 'a map with at least name, owner and where it is to be deployed',
  fix: 'write keys, each followed by a colon and its value',
});

/** The offset to point at: of the value, of its key, or of the nearest thing around what is not there. */
function offsetOf(root: Mark, { path, at = 'value' }: Finding): number {
  let mark = root;
  for (const [depth, key] of path.entries()) {
    const next = mark.children?.get(key);
    if (next === undefined) return depth === 0 ? mark.value : (mark.key ?? mark.value);
    mark = next;
  }
  return at === 'value' ? mark.value : (mark.key ?? mark.value);
}

/** The finding with what was received filled in from the data, unless the check said it. */
export const withReceived = (finding: Finding, value: unknown): Finding & { readonly received: string } => ({
  ...finding,
  received: finding.received ?? show(valueAt(value, finding.path)),
});
