import { CLOUD_NAMES, cloudsOf } from '../../spec/clouds';
import { OFF } from '../../spec/monitoring';
import { isMap } from '../../spec/plain';
import type { Path } from '../../spec/problem';
import type { SpecCheck } from '../../spec/references';
import { cloudOfOption } from './parity';
import { PARITY } from './parity-table';

/** Where a spec says something of an option: concrete paths. An option of one kind of thing is known by its keys alone. */
function pathsOf(value: unknown, keys: readonly string[], path: Path = []): Path[] {
  const [key, ...rest] = keys;
  if (key === undefined) return value === undefined || value === OFF ? [] : [path];
  if (!isMap(value)) return [];
  const names = key === '*' ? Object.keys(value) : [key];
  return names.flatMap((name) => (Object.hasOwn(value, name) ? pathsOf(value[name], rest, [...path, name]) : []));
}

/** Options of which a cloud does nothing, a whole entry of a map where it does nothing of all that is in it. */
function unsupportedOn(cloud: 'aws' | 'gcp'): ReadonlyMap<string, string> {
  const rows = Object.entries(PARITY).filter(([option]) => cloudOfOption(option) === undefined);
  const found = new Map<string, string>();
  for (const [option, row] of rows) {
    const { support, reason = '' } = row[cloud];
    if (support !== 'unsupported') continue;
    const entry = option.replace(/(\.\*)\.[^*]*$/, '$1');
    const siblings = rows.filter(([other]) => other.startsWith(`${entry}.`));
    const whole = siblings.every(([, other]) => other[cloud].support === 'unsupported');
    found.set(whole && siblings.length > 0 ? entry : option, reason);
  }
  return found;
}

/** A spec may not ask of a cloud what it does not do. */
export const unsupportedOptions: SpecCheck = (spec, report) => {
  for (const cloud of cloudsOf(spec))
    for (const [option, reason] of unsupportedOn(cloud))
      for (const path of pathsOf(spec, option.split('.')))
        report({
          path,
          message: `cannot be had on ${CLOUD_NAMES[cloud]}: ${reason}`,
          allowed: `nothing here in an environment that lives on ${CLOUD_NAMES[cloud]}`,
          fix: `remove it, or write it under an environment that does not live on ${CLOUD_NAMES[cloud]}`,
          at: 'key',
        });
};
