import type { Finding } from './problem';

/** Times that something is repeated at most, repetitions within others multiplied. Source: RE2, "Syntax". */
const MAX_REPEAT = 1000;

/** What JavaScript has and not every RE2, or reads otherwise, by what it is called. Source: RE2, "Syntax". */
const UNKNOWN_TO_RE2: readonly (readonly [what: string, form: RegExp])[] = [
  ['lookaround', /^\(\?<?[=!]/],
  ['named groups', /^\(\?<(?![=!])/],
  ['references to groups', /^\\(?:[1-9]|k<)/],
  ['escapes of characters by number', /^\\(?:u|c|0)/],
  [
    'properties of characters beside categories such as \\p{L} and \\p{Lu}',
    /^\\[pP]\{(?!(?:Any|C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)\})/,
  ],
  ['classes without a character', /^\[\^?\]/],
];

/**
 * What is wrong with a regular expression that RE2 is to run; undefined for one that it takes. What JavaScript does not know
 * is refused too, though RE2 may: nothing here could say what it means.
 */
export function patternProblem(pattern: string): Omit<Finding, 'path'> | undefined {
  const allowed =
    'a regular expression that RE2 and JavaScript both know: no lookaround, no names of groups and no references to them, repetitions up to 1000';
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^.*?: (?=[^:]*$)/s, '') : String(error);
    return {
      message: `is no regular expression that RE2 and JavaScript both know: ${why}`,
      allowed,
      fix: 'mend it, for example [A-Z]{3}',
    };
  }
  for (const at of tokens(pattern)) {
    const found = UNKNOWN_TO_RE2.find(([, form]) => form.test(pattern.slice(at)));
    if (found !== undefined)
      return { message: `has ${found[0]}, which not every RE2 knows`, allowed, fix: 'write it without' };
  }
  if (mostRepeated(pattern) > MAX_REPEAT)
    return {
      message: `repeats more than ${MAX_REPEAT} times, repetitions within others multiplied`,
      allowed,
      fix: `repeat ${MAX_REPEAT} times at most`,
    };
  return undefined;
}

/** How often anything in a pattern is repeated, repetitions within others multiplied. */
function mostRepeated(pattern: string): number {
  /** Of each group that is open, the outermost first: the most of what is in it so far. */
  const open = [1];
  /** Of what came last. */
  let last = 1;
  const keep = (most: number) => open.push(Math.max(open.pop() ?? 1, most));
  for (const at of tokens(pattern)) {
    const [, least, most] = /^\{(\d+)(?:,(\d*))?\}/.exec(pattern.slice(at)) ?? [];
    if (least !== undefined) {
      last *= Math.max(1, Number(least), Number(most ?? 0));
      keep(last);
    } else if (pattern[at] === '(') open.push(1);
    else if (pattern[at] === ')') {
      last = open.pop() ?? 1;
      keep(last);
    } else last = 1;
  }
  return Math.max(...open);
}

/** Where something begins that may mean something: an escaped character begins with its backslash. */
function* tokens(pattern: string): Generator<number> {
  let inClass = false;
  for (let at = 0; at < pattern.length; at += pattern[at] === '\\' ? 2 : 1) {
    if (!inClass || pattern[at] === '\\') yield at;
    if (pattern[at] === '[') inClass = true;
    else if (pattern[at] === ']') inClass = false;
  }
}
