import type { Finding } from './problem';

/** Largest count of a repetition. Source: RE2, "Syntax": counts above 1000 are refused. */
const MAX_REPEAT = 1000;

/** What JavaScript has and RE2 has not, or reads otherwise, by what it is called. Source: RE2, "Syntax". */
const UNKNOWN_TO_RE2: readonly (readonly [what: string, form: RegExp])[] = [
  ['lookaround', /^\(\?<?[=!]/],
  ['named groups', /^\(\?<(?![=!])/],
  ['references to groups', /^\\(?:[1-9]|k<)/],
  ['escapes of characters by number', /^\\(?:u|c|0)/],
  ['properties of characters with a name and a value', /^\\[pP]\{[^}]*=/],
  ['classes without a character', /^\[\^?\]/],
];

/** What is wrong with a regular expression that RE2 is to run; undefined for one that it takes. */
export function patternProblem(pattern: string): Omit<Finding, 'path'> | undefined {
  const allowed = 'a regular expression of RE2: no lookaround, no references to groups, repetitions up to 1000';
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^.*?: (?=[^:]*$)/s, '') : String(error);
    return { message: `is no regular expression: ${why}`, allowed, fix: 'mend it, for example [A-Z]{3}' };
  }
  for (const at of tokens(pattern)) {
    const found = UNKNOWN_TO_RE2.find(([, form]) => form.test(pattern.slice(at)));
    if (found !== undefined)
      return { message: `has ${found[0]}, which RE2 does not know`, allowed, fix: 'write it without' };
    const [, least = '0', most = '0'] = /^\{(\d+)(?:,(\d*))?\}/.exec(pattern.slice(at)) ?? [];
    if (Math.max(Number(least), Number(most)) > MAX_REPEAT)
      return { message: `repeats more than ${MAX_REPEAT} times`, allowed, fix: `repeat ${MAX_REPEAT} times at most` };
  }
  return undefined;
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
