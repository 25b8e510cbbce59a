/** Where something is in a spec: keys of maps and indexes of lists, from the root. */
export type Path = readonly (string | number)[];

/** Something wrong with a spec, before it is known in which file and line that is. */
export interface Finding {
  readonly path: Path;
  /** What is wrong, as a short statement that reads on after the path. */
  readonly message: string;
  /** What was found there, ready to print; the value at the path when left out. */
  readonly received?: string;
  /** What could stand there. */
  readonly allowed: string;
  /** What to do about it. */
  readonly fix: string;
  /** The value holds a secret: the line that it is in is not quoted. */
  readonly confidential?: true;
  /** What to point at: the value (default), its key, or, when nothing is there, the nearest thing around it. */
  readonly at?: 'value' | 'key' | 'missing';
}

/** Takes one finding; checks call it as often as they find something and never throw. */
export type Report = (finding: Finding) => void;

/** A finding with its place in the file. All texts are printable. */
export interface Problem {
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1, in UTF-16 units. */
  readonly column?: number;
  /** Path as text, for example `models.fraud-detector.registry.approval`; empty for the whole spec. */
  readonly path: string;
  /** Names of the environments in which it shows, when it is neither in the text of one nor in all of them: `dev, prod`. */
  readonly environment?: string;
  readonly message: string;
  readonly received: string;
  readonly allowed: string;
  readonly fix: string;
  /** The line of the file and a mark under the place. */
  readonly frame?: string;
}

/** Everything that is wrong with a spec, in the order of the file. */
export class SpecError extends Error {
  override readonly name: string = 'SpecError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const arranged = arrange(problems);
    super(formatProblems(arranged));
    this.problems = arranged;
  }
}

/** The spec cannot be read at all: no such file, a directory, no permission. */
export class UnreadableSpecError extends SpecError {
  override readonly name: string = 'UnreadableSpecError';
}

/** Sorts by position, then path, and drops repetitions. */
function arrange(problems: readonly Problem[]): readonly Problem[] {
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), printableProblem(problem)]));
  return [...unique.values()].sort(
    (a, b) =>
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0) ||
      compare(a.path, b.path) ||
      compare(a.message, b.message),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function printableProblem(problem: Problem): Problem {
  const texts = Object.entries(problem).map(([key, value]) => [
    key,
    typeof value === 'string' ? printable(value) : value,
  ]);
  return Object.freeze(Object.fromEntries(texts) as Problem);
}

/** How parts of a problem are set off where colours are to be had. */
export interface Paint {
  readonly place: (text: string) => string;
  readonly label: (text: string) => string;
  readonly fix: (text: string) => string;
}

const NO_PAINT: Paint = { place: (text) => text, label: (text) => text, fix: (text) => text };

/** All problems as text for people, one block each. */
export function formatProblems(problems: readonly Problem[], paint: Paint = NO_PAINT): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [`${count} in the spec:`, ...problems.map((problem) => formatProblem(problem, paint))].join('\n\n');
}

/** One problem as text: `file:line:column path: message`, then the line of the file, what was received, what is allowed, the fix. */
export function formatProblem(problem: Problem, paint: Paint = NO_PAINT): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const where = [place, problem.path].filter((part) => part !== '').join(' ');
  const scope = problem.environment === undefined ? '' : ` (in ${problem.environment})`;
  return [
    `${paint.place(where === '' ? 'spec' : where)}: ${problem.message}${scope}`,
    ...(problem.frame === undefined ? [] : [problem.frame]),
    `  ${paint.label('received:')} ${problem.received}`,
    `  ${paint.label('allowed:')}  ${problem.allowed}`,
    `  ${paint.label('fix:')}      ${paint.fix(problem.fix)}`,
  ].join('\n');
}

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;

/** A path as text: `a.b-c[0]["odd.key"]`. */
export function formatPath(path: Path): string {
  return path
    .map((key, i) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!PLAIN_KEY.test(key)) return `[${quote(key)}]`;
      return i === 0 ? key : `.${key}`;
    })
    .join('');
}

const MAX_SHOWN = 60;

/** A value as it is shown to people: short, on one line, strings in quotes. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null (empty)';
  if (typeof value === 'string') return quote(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN - 1)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value !== 'object') return String(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty map';
  const shown = keys.slice(0, 4).map((key) => (PLAIN_KEY.test(key) && key.length <= MAX_SHOWN ? key : show(key)));
  return `a map with ${[...shown, ...(keys.length > 4 ? [`${keys.length - 4} more`] : [])].join(', ')}`;
}

const quote = (text: string): string => printable(JSON.stringify(text));

// Control and format characters (escape sequences, zero width, writing direction) could make a terminal show something else.
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text with every character escaped that a terminal would obey rather than show. Line feeds stay. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
