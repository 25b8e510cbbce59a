import { z } from 'zod';
import { advise } from './advice';
import { alternatives } from './describe';
import { DURATION_UNITS, LATENCY_UNITS, meantOn, type Scale, SIZE_UNITS, slippedOn } from './units';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Bytes. */
export const GIB = 1024 ** 3;

const durationValue = z.object({ seconds: z.number(), text: z.string() }).readonly();
/** A length of time: whole seconds, and the text as written, such as `30 minutes`. */
export type Duration = z.output<typeof durationValue>;

const latencyValue = z.object({ milliseconds: z.number(), text: z.string() }).readonly();
/** A short time: whole milliseconds, and the text as written, such as `200 ms`. */
export type Latency = z.output<typeof latencyValue>;

const sizeValue = z.object({ bytes: z.number(), text: z.string() }).readonly();
/** An amount of data: bytes, and the text as written, such as `4 GiB`. */
export type Size = z.output<typeof sizeValue>;

const moneyValue = z.object({ amount: z.number(), currency: z.string() }).readonly();
/** An amount of money in a currency of ISO 4217. */
export type Money = z.output<typeof moneyValue>;

/** A percentage as a number: `10%` is 10, not 0.1. */
export type Percent = number;

/** Currencies of an amount of money unless its use allows others. */
export const DEFAULT_CURRENCIES: readonly string[] = ['USD'];

/** What a quantity parsed from text comes from. `z.encode` gives the text back. */
interface Kind<Value> {
  /** `a duration` */
  readonly what: string;
  readonly pattern: RegExp;
  readonly example: string;
  readonly value: z.ZodType<Value, Value>;
  /** Called only with text that fits the pattern. */
  readonly parse: (text: string) => Value;
  readonly write: (value: Value) => string;
  /** What something that does not fit the pattern may have been meant to be, the likeliest first. */
  readonly meant: (received: unknown) => readonly string[];
  /** What something that means none of these may be a slip of the keys for. */
  readonly slipped?: (received: unknown) => readonly string[];
  /** What is wrong with a value in this place, if anything. */
  readonly limit: (value: Value) => { message: string; fix: string } | undefined;
  /** `from 1 minute to 28 days` */
  readonly range: string;
}

function quantity<Value>(kind: Kind<Value>) {
  const allowed = `${kind.what}${kind.range}, for example ${kind.example}`;
  const error = `is not ${kind.what}`;
  const text = z
    .string({ error })
    .regex(kind.pattern, { error, abort: true })
    .superRefine((written, context) => {
      const problem = kind.limit(kind.parse(written));
      if (problem === undefined) return;
      context.addIssue({ code: 'custom', message: problem.message, params: { allowed, fix: problem.fix } });
    })
    .meta({ description: `${capital(allowed)}.`, examples: [kind.example] });
  return z.codec(advise(text, { allowed, fix }), kind.value, { decode: kind.parse, encode: kind.write });

  function fix(received: unknown): string | undefined {
    const meant = kind.meant(received).filter((candidate) => kind.pattern.test(candidate));
    const fitting = meant.filter(fits);
    const [first] = meant;
    if (fitting.length > 0) return `write ${alternatives(fitting)}`;
    if (first !== undefined) return kind.limit(kind.parse(first))?.fix;
    const slipped = (kind.slipped?.(received) ?? []).filter(fits);
    return slipped.length === 0 ? undefined : `did you mean ${alternatives(slipped)}?`;
  }

  function fits(candidate: string): boolean {
    return kind.pattern.test(candidate) && kind.limit(kind.parse(candidate)) === undefined;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Says a range in words: ` from 1 to 2`, ` of 1 or more`, ` of 2 or less` or nothing. */
function range(min: string | undefined, max: string | undefined): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of ${min} or more`;
  return max === undefined ? '' : ` of ${max} or less`;
}

function outside(value: number, min: { n: number; text: string } | undefined, max: typeof min) {
  if (min !== undefined && value < min.n) return { message: 'is too small', fix: `write ${min.text} or more` };
  if (max !== undefined && value > max.n) return { message: 'is too large', fix: `write ${max.text} or less` };
  return undefined;
}

/** Reads `30 minutes` by the units of a scale; a text that does not fit is a mistake of the caller, not of a user. */
function measure(scale: Scale, text: string): { n: number; text: string } {
  const [, digits, word] = scale.pattern.exec(text) ?? [];
  const unit = scale.units.find(({ one, many }) => word === one || word === many);
  if (unit === undefined) throw new TypeError(`${JSON.stringify(text)} is not ${scale.what}`);
  const count = Number(digits);
  return { n: count * unit.factor, text: `${count} ${count === 1 ? unit.one : unit.many}` };
}

/**
 * A length of time with its unit, such as `30 minutes`, `1 day` or `3 years` (a year has 365 days).
 *
 * @param options.min - shortest allowed, written the same way
 * @param options.max - longest allowed, written the same way
 * @param options.wholeDays - only multiples of a day, for services that count in days
 */
export function duration(options: { min?: string; max?: string; wholeDays?: boolean } = {}) {
  return scaled(DURATION_UNITS, options, options.wholeDays === true ? { step: DAY, name: 'whole days' } : undefined, {
    value: durationValue,
    make: (seconds, text) => ({ seconds, text }),
    read: ({ seconds }) => seconds,
  });
}

/**
 * An amount of data with a binary unit, such as `512 MiB`, `4 GiB` or `1 TiB`.
 *
 * @param options.min - smallest allowed, written the same way
 * @param options.max - largest allowed, written the same way
 * @param options.wholeGiB - only multiples of a GiB, for services that count in GiB
 */
export function size(options: { min?: string; max?: string; wholeGiB?: boolean } = {}) {
  return scaled(SIZE_UNITS, options, options.wholeGiB === true ? { step: GIB, name: 'whole GiB' } : undefined, {
    value: sizeValue,
    make: (bytes, text) => ({ bytes, text }),
    read: ({ bytes }) => bytes,
  });
}

/**
 * A short time with its unit, such as `200 ms` or `2 seconds`.
 *
 * @param options.min - shortest allowed, written the same way
 * @param options.max - longest allowed, written the same way
 */
export function latency(options: { min?: string; max?: string } = {}) {
  return scaled(LATENCY_UNITS, options, undefined, {
    value: latencyValue,
    make: (milliseconds, text) => ({ milliseconds, text }),
    read: ({ milliseconds }) => milliseconds,
  });
}

interface Form<Value> {
  readonly value: z.ZodType<Value, Value>;
  readonly make: (n: number, text: string) => Value;
  readonly read: (value: Value) => number;
}

function scaled<Value extends { readonly text: string }>(
  scale: Scale,
  limits: { min?: string; max?: string },
  whole: { step: number; name: string } | undefined,
  form: Form<Value>,
) {
  const min = limits.min === undefined ? undefined : measure(scale, limits.min);
  const max = limits.max === undefined ? undefined : measure(scale, limits.max);
  return quantity<Value>({
    what: scale.what,
    pattern: scale.pattern,
    example: [scale.example, limits.min, limits.max].find((text) => text !== undefined && fits(text)) ?? scale.example,
    value: form.value,
    parse: (text) => {
      const measured = measure(scale, text);
      return form.make(measured.n, measured.text);
    },
    write: ({ text }) => text,
    meant: (received) => meantOn(scale, received),
    slipped: (received) => slippedOn(scale, received),
    limit: (value) => problemOf(form.read(value)),
    range: `${range(min?.text, max?.text)}${whole === undefined ? '' : ` in ${whole.name}`}`,
  });

  function fits(text: string): boolean {
    return scale.pattern.test(text) && problemOf(measure(scale, text).n) === undefined;
  }

  function problemOf(n: number) {
    if (whole !== undefined && n % whole.step !== 0)
      return {
        message: `is not in ${whole.name}`,
        fix: `write ${scale.write(Math.ceil(n / whole.step) * whole.step)}`,
      };
    return outside(n, min, max);
  }
}

const PERCENT = /^((?:0|[1-9]\d{0,5})(?:\.\d{1,6})?)%$/;

/**
 * A percentage with its sign, such as `10%` or `99.5%`. Its value is the number before the sign.
 *
 * @param options.min - smallest allowed, as a number; 0 unless said
 * @param options.max - largest allowed, as a number; 100 unless said
 */
export function percent({ min = 0, max = 100 }: { min?: number; max?: number } = {}) {
  return quantity<Percent>({
    what: 'a percentage',
    pattern: PERCENT,
    example: min <= 10 && max >= 10 ? '10%' : `${plainNumber(min)}%`,
    value: z.number(),
    parse: (text) => Number.parseFloat(text),
    write: (value) => `${plainNumber(value)}%`,
    meant: meantPercent,
    limit: (value) =>
      outside(value, { n: min, text: `${plainNumber(min)}%` }, { n: max, text: `${plainNumber(max)}%` }),
    range: range(`${plainNumber(min)}%`, `${plainNumber(max)}%`),
  });
}

function meantPercent(received: unknown): readonly string[] {
  const [, digits, sign] = /^\s*(\d*\.?\d+)\s*(%|percent|pct)?\s*$/i.exec(String(received)) ?? [];
  if (digits === undefined) return [];
  const n = Number(digits);
  // A bare 0.1 is far more often a tenth than a tenth of a percent.
  return [`${plainNumber(sign === undefined && n > 0 && n < 1 ? n * 100 : n)}%`];
}

/** Six decimals at most and never an exponent. */
const plainNumber = (n: number): string => n.toFixed(6).replace(/\.?0+$/, '');

/**
 * An amount of money with its currency, such as `5000 USD` or `99.90 USD`.
 *
 * @param options.min - smallest amount allowed; 0 unless said
 * @param options.currencies - codes allowed
 */
export function money({
  min = 0,
  currencies = DEFAULT_CURRENCIES,
}: {
  min?: number;
  currencies?: readonly string[];
} = {}) {
  const currency = currencies[0] ?? 'USD';
  return quantity<Money>({
    what: 'an amount of money',
    pattern: new RegExp(`^((?:0|[1-9]\\d{0,11})(?:\\.\\d{1,2})?) (${currencies.join('|')})$`),
    example: `${Math.max(5000, min)} ${currency}`,
    value: moneyValue,
    parse: (text) => {
      const [amount, code] = text.split(' ');
      return { amount: Number(amount), currency: code ?? currency };
    },
    write: (value) => `${value.amount} ${value.currency}`,
    meant: (received) => {
      const [, digits] = /^[^\d-]*(\d[\d,_']*(?:\.\d+)?)[^\d]*$/.exec(String(received)) ?? [];
      return digits === undefined ? [] : [`${Number(digits.replace(/[,_']/g, ''))} ${currency}`];
    },
    limit: ({ amount }) => outside(amount, { n: min, text: `${min} ${currency}` }, undefined),
    range: `${min > 0 ? range(`${min}`, undefined) : ''} in ${currencies.join(' or ')}`,
  });
}
