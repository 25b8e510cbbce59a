import { nearest } from './did-you-mean';
import { type Path, type Report, show } from './problem';

/**
 * Reports a name that nothing in the spec has.
 *
 * @param home - where in the spec things of that kind are
 */
export function unknownName(
  report: Report,
  path: Path,
  name: string,
  what: string,
  known: readonly string[],
  home = 'dataLake',
): void {
  const close = nearest(name, known);
  const add = `add the ${what} to ${home}`;
  const otherwise = known.length === 0 ? add : `name one of these, or ${add}`;
  report({
    path,
    message: `there is no ${what} ${show(name)}`,
    allowed: known.length === 0 ? `none: the spec has no ${what}` : known.join(', '),
    fix: close === undefined ? otherwise : `write ${close}`,
  });
}
