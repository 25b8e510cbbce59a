import { CLOUD_NAMES, cloudsOf } from '../../spec/clouds';
import { eachEntry } from '../../spec/each-entry';
import { OFF } from '../../spec/monitoring';
import { isMap } from '../../spec/plain';
import type { Path } from '../../spec/problem';
import type { SpecCheck } from '../../spec/references';
import { cloudOfOption } from './parity';
import { PARITY } from './parity-table';

/** Says where a spec says something of an option: concrete paths. An option of one kind of thing is known by its keys alone. */
function eachPath(value: unknown, keys: readonly string[], found: (path: Path) => void, path: Path = []): void {
  const [key, ...rest] = keys;
  if (key === undefined) {
    if (value !== undefined && value !== OFF) found(path);
  } else if (isMap(value))
    eachEntry(key === '*' ? Object.keys(value) : [key], (name) => {
      if (Object.hasOwn(value, name)) eachPath(value[name], rest, found, [...path, name]);
    });
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
  eachEntry(cloudsOf(spec), (cloud) =>
    eachEntry([...unsupportedOn(cloud)], ([option, reason]) =>
      eachPath(spec, option.split('.'), (path) =>
        report({
          path,
          message: `cannot be had on ${CLOUD_NAMES[cloud]}: ${reason}`,
          allowed: `nothing here in an environment that lives on ${CLOUD_NAMES[cloud]}`,
          fix: `remove it, or write it under an environment that does not live on ${CLOUD_NAMES[cloud]}`,
          at: 'key',
        }),
      ),
    ),
  );
};
