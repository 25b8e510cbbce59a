import { Composer, CST, type Document, Lexer, Parser, type YAMLError } from 'yaml';
import { MAX_SPEC_DEPTH } from './limits';
import { type Finding, type Problem, SpecError, show } from './problem';
import type { SpecText } from './text';
import { type Mark, readNode } from './yaml-node';

/** Problems of form that are reported at most; more are always the consequence of the first. */
const MAX_SYNTAX_PROBLEMS = 100;

/** What a text says. */
interface Parsed {
  readonly value: unknown;
  readonly mark: Mark;
  /** Keys that the value lacks because a spec cannot have them, or has them already. */
  readonly dropped: readonly Problem[];
}

/**
 * Reads YAML 1.2 or JSON into plain data and remembers where each value stood.
 *
 * @throws SpecError with everything wrong in the form of the text, if it is more than keys that can be dropped; whether
 *   the values make sense is not its question
 */
export function parseYaml(source: SpecText): Parsed {
  const zero = source.text.indexOf('\0');
  if (zero !== -1) throw new SpecError([source.problem(NUL, zero)]);
  const documents = [
    ...new Composer({ prettyErrors: false, uniqueKeys: false, resolveKnownTags: false }).compose(tokens(source)),
  ];
  const faults = documents.flatMap(({ errors, warnings }) => [
    ...errors,
    ...warnings.filter(({ code }) => code !== 'TAG_RESOLVE_FAILED'),
  ]);
  if (faults.length > 0) throw new SpecError(syntaxProblems(source, faults));
  const [document, second] = documents;
  if (document?.contents == null || isEmpty(document)) throw new SpecError([source.problem(EMPTY, undefined)]);
  if (second !== undefined) throw new SpecError([source.problem(SECOND_DOCUMENT, second.range[0])]);
  if (document.directives.yaml.version === '1.1') throw new SpecError([source.problem(OLD_YAML, 0)]);
  const problems: Problem[] = [];
  const dropped: Problem[] = [];
  const { value, mark } = readNode(
    document.contents,
    (offset) => source.lineOf(offset),
    (finding, offset) => problems.push(source.problem(finding, offset)),
    (finding, offset) => dropped.push(source.problem(finding, offset)),
  );
  if (problems.length > 0) throw new SpecError([...problems, ...dropped]);
  return { value, mark, dropped };
}

/** The tokens of the text, refusing depth before anything recursive sees it: the composer would exhaust the stack. */
function tokens(source: SpecText): CST.Token[] {
  const parser = new Parser();
  const all: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(source.text)) {
    for (const token of parser.next(lexeme)) all.push(token);
    if (depthOf(parser.stack) > MAX_SPEC_DEPTH) throw new SpecError([source.problem(TOO_DEEP, parser.offset)]);
  }
  for (const token of parser.end()) all.push(token);
  return all;
}

/** Maps and lists that are open. Besides them the stack holds the document and the scalar at hand. */
const depthOf = (stack: readonly CST.Token[]): number =>
  stack.length <= MAX_SPEC_DEPTH ? 0 : stack.filter((token) => CST.isCollection(token)).length;

/** A text of comments and blanks only composes to one scalar without a source. */
const isEmpty = ({ contents }: Document.Parsed): boolean =>
  contents !== null && 'source' in contents && contents.source === '';

const TEXT = 'YAML 1.2 or JSON';

const NUL: Finding = {
  path: [],
  message: 'has a NUL character',
  received: '"\\u0000"',
  allowed: TEXT,
  fix: 'save the file as UTF-8 text, without NUL characters',
};
const EMPTY: Finding = {
  path: [],
  message: 'is empty',
  allowed: 'a map with at least name, owner and where it is to be deployed',
  fix: 'write a spec',
};
const SECOND_DOCUMENT: Finding = {
  path: [],
  message: 'has a second document',
  received: 'a second ---',
  allowed: 'one document a file',
  fix: 'remove the --- line or move what follows to a file of its own; environments go under environments',
};
const OLD_YAML: Finding = {
  path: [],
  message: 'asks for YAML 1.1, where no means false and 010 means 8',
  received: '%YAML 1.1',
  allowed: TEXT,
  fix: 'remove the %YAML line',
};
const TOO_DEEP: Finding = {
  path: [],
  message: 'is nested too deeply',
  received: `more than ${MAX_SPEC_DEPTH} levels`,
  allowed: `at most ${MAX_SPEC_DEPTH} levels`,
  fix: 'remove some of the brackets or indentation',
};

function syntaxProblems(source: SpecText, faults: readonly YAMLError[]): Problem[] {
  const first = new Map(faults.toReversed().map((fault) => [fault.pos[0], fault]));
  return [...first.values()]
    .sort((a, b) => a.pos[0] - b.pos[0])
    .slice(0, MAX_SYNTAX_PROBLEMS)
    .map((fault) => {
      const [start] = fault.pos;
      const end = source.text.indexOf('\n', start);
      const rest = source.text.slice(start, end === -1 ? undefined : end).trim();
      return source.problem(
        {
          path: [],
          message: `is not ${TEXT}: ${decapitalise(fault.message)}`,
          received: rest === '' ? 'the end of the line' : show(rest),
          allowed: TEXT,
          fix: FIXES[fault.code] ?? 'correct the form here, or just above',
        },
        start,
      );
    });
}

const decapitalise = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const FIXES: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'indent with spaces, not with tabs',
  BAD_INDENT: 'give lines that belong together the same number of spaces in front',
  MISSING_CHAR: 'close the quotation mark or bracket, or add the character that is missing',
  BAD_SCALAR_START: 'put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'put a value with a colon in quotes, or start a new line',
  MULTILINE_IMPLICIT_KEY: 'put a colon and a space after the key, or the value in quotes',
  BAD_DQ_ESCAPE: 'write \\\\ for a backslash, or use single quotes',
  KEY_OVER_1024_CHARS: 'write a shorter key',
  BAD_DIRECTIVE: 'remove the line that begins with %',
};
