import { distance } from 'fastest-levenshtein';

/** One unit of a scale. */
interface Unit {
  readonly one: string;
  readonly many: string;
  /** How many of the smallest unit it is. */
  readonly factor: number;
  /** Other spellings, in lower case, that people write and that are answered with the right one. */
  readonly also: readonly string[];
}

/** A dimension that is written as a whole number, a space and a unit. */
export interface Scale {
  /** `a duration` */
  readonly what: string;
  readonly example: string;
  /** From the smallest unit to the largest. */
  readonly units: readonly Unit[];
  /** What fits: the number and the unit are its groups. */
  readonly pattern: RegExp;
  /** Units to name to somebody who gave none, the likeliest first. */
  readonly usual: readonly Unit[];
  /** An amount of the smallest unit in the largest unit that it fills without a rest. */
  readonly write: (n: number) => string;
}

function scale(what: string, example: string, usual: readonly string[], units: readonly Unit[]): Scale {
  const words = units.flatMap(({ one, many }) => (one === many ? [one] : [one, many]));
  return {
    what,
    example,
    units,
    usual: usual.flatMap((name) => units.filter(({ many }) => many === name)),
    pattern: new RegExp(`^(0|[1-9]\\d{0,7}) (${words.join('|')})$`),
    write: (n) => {
      const unit = units.findLast(({ factor }) => n % factor === 0 && n >= factor) ?? units[0];
      return unit === undefined ? String(n) : textOf(n / unit.factor, unit);
    },
  };
}

const time = (one: string, factor: number, ...also: string[]): Unit => ({ one, many: `${one}s`, factor, also });
const binary = (one: string, factor: number, ...also: string[]): Unit => ({ one, many: one, factor, also });

export const DURATION_UNITS = scale(
  'a duration',
  '30 minutes',
  ['minutes', 'seconds', 'hours', 'days'],
  [
    time('second', 1, 's', 'sec', 'secs'),
    time('minute', 60, 'm', 'min', 'mins'),
    time('hour', 3600, 'h', 'hr', 'hrs'),
    time('day', 86_400, 'd'),
    time('week', 7 * 86_400, 'w', 'wk', 'wks'),
    time('year', 365 * 86_400, 'y', 'yr', 'yrs'),
  ],
);

export const LATENCY_UNITS = scale(
  'a time',
  '200 ms',
  ['ms', 'seconds'],
  [
    { one: 'ms', many: 'ms', factor: 1, also: ['msec', 'millis', 'millisecond', 'milliseconds'] },
    time('second', 1000, 's', 'sec', 'secs'),
  ],
);

export const SIZE_UNITS = scale(
  'an amount of data',
  '4 GiB',
  ['GiB', 'MiB', 'TiB'],
  [
    binary('MiB', 1024 ** 2, 'm', 'mb', 'mi', 'megabyte', 'megabytes', 'mebibyte', 'mebibytes'),
    binary('GiB', 1024 ** 3, 'g', 'gb', 'gi', 'gigabyte', 'gigabytes', 'gibibyte', 'gibibytes'),
    binary('TiB', 1024 ** 4, 't', 'tb', 'ti', 'terabyte', 'terabytes', 'tebibyte', 'tebibytes'),
  ],
);

/** What something that is nearly a quantity may have been meant to be, the likeliest first. */
export function meantOn(scale: Scale, received: unknown): readonly string[] {
  const [, digits, word = ''] = /^\s*(\d*\.?\d+)\s*([a-z]*)\s*$/i.exec(String(received)) ?? [];
  if (digits === undefined) return [];
  const count = Number(digits);
  if (word === '') return Number.isInteger(count) ? scale.usual.map((unit) => textOf(count, unit)) : [];
  const unit = scale.units.find((candidate) => spellings(candidate).includes(word.toLowerCase()));
  if (unit === undefined) return [];
  if (Number.isInteger(count)) return [textOf(count, unit)];
  const smallest = scale.units[0]?.factor ?? 1;
  return [scale.write(Math.ceil((count * unit.factor) / smallest) * smallest)];
}

/** What a quantity in a unit that there is none of may be a slip of the keys for: `7 days` of `7 dayz`. */
export function slippedOn(scale: Scale, received: unknown): readonly string[] {
  const [, digits, word = ''] = /^\s*(\d+)\s*([a-z]{4,})\s*$/i.exec(String(received)) ?? [];
  const far = ({ one, many }: Unit) => Math.min(...[one, many].map((name) => distance(word.toLowerCase(), name)));
  // Shorter names are near to too much, and a word that begins otherwise is another unit: 2 months are no minutes.
  const near = scale.units.filter((unit) => unit.one.length > 2 && unit.one[0] === word[0]?.toLowerCase());
  const [unit] = near.filter((one) => far(one) <= MAX_SLIP).toSorted((a, b) => far(a) - far(b));
  return digits === undefined || unit === undefined ? [] : [textOf(Number(digits), unit)];
}

/** Letters of a slip: two that are swapped. */
const MAX_SLIP = 2;

const textOf = (count: number, { one, many }: Unit): string => `${count} ${count === 1 ? one : many}`;

const spellings = ({ one, many, also }: Unit): readonly string[] => [one.toLowerCase(), many.toLowerCase(), ...also];
