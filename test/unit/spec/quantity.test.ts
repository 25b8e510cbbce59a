import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { explain } from '../../../lib/spec/explain';
import { duration, latency, money, percent, size } from '../../../lib/spec/quantity';
import { DURATION_UNITS, LATENCY_UNITS, SIZE_UNITS } from '../../../lib/spec/units';

const DAY = 86_400;

function fixOf(schema: z.ZodType, received: unknown): string | undefined {
  const parsed = schema.safeParse(received);
  return parsed.success ? undefined : explain(parsed.error.issues, schema, received)[0]?.fix;
}

describe('duration', () => {
  test.each([
    ['90 seconds', 90],
    ['1 minute', 60],
    ['30 minutes', 1800],
    ['2 hours', 7200],
    ['1 week', 7 * DAY],
    ['365 days', 365 * DAY],
    ['3 years', 3 * 365 * DAY],
    ['0 seconds', 0],
  ])('%s is %d seconds', (text, seconds) => {
    expect(duration().parse(text)).toEqual({ seconds, text });
  });

  test('keeps the text in the right number', () => {
    expect(duration().parse('1 hours').text).toBe('1 hour');
    expect(duration().parse('2 hour').text).toBe('2 hours');
  });

  test.each([
    [30, 'write 30 minutes, 30 seconds, 30 hours or 30 days'],
    [1, 'write 1 minute, 1 second, 1 hour or 1 day'],
    ['30', 'write 30 minutes, 30 seconds, 30 hours or 30 days'],
    ['30m', 'write 30 minutes'],
    ['30  Min', 'write 30 minutes'],
    ['1h', 'write 1 hour'],
    ['1.5 hours', 'write 90 minutes'],
    ['0.5 days', 'write 12 hours'],
    ['7 dayz', 'did you mean 7 days?'],
    ['1 huor', 'did you mean 1 hour?'],
    ['30 Minuets', 'did you mean 30 minutes?'],
    ['2 yaers', 'did you mean 2 years?'],
    ['99999999 dayz', 'did you mean 99999999 days?'],
    ['999999999 dayz', 'write a duration, for example 30 minutes'],
    ['2 monthes', 'write a duration, for example 30 minutes'],
    ['3 mos', 'write a duration, for example 30 minutes'],
    ['2 nanoseconds', 'write a duration, for example 30 minutes'],
    ['2 months', 'write a duration, for example 30 minutes'],
    ['4 GiB', 'write a duration, for example 30 minutes'],
    ['99999999999 minutes', 'write a duration, for example 30 minutes'],
    ['soon', 'write a duration, for example 30 minutes'],
    [-5, 'write a duration, for example 30 minutes'],
    [0.1, 'write a duration, for example 30 minutes'],
    [true, 'write a duration, for example 30 minutes'],
  ])('%j says what to write', (received, fix) => {
    expect(fixOf(duration(), received)).toBe(fix);
  });

  test('keeps to its limits, both ends included', () => {
    const limited = duration({ min: '1 minute', max: '28 days' });
    expect(limited.safeParse('60 seconds').success).toBe(true);
    expect(limited.safeParse('4 weeks').success).toBe(true);
    expect(fixOf(limited, '59 seconds')).toBe('write 1 minute or more');
    expect(fixOf(limited, '29 days')).toBe('write 28 days or less');
    expect(fixOf(limited, '29 dayz')).toBe('write a duration from 1 minute to 28 days, for example 30 minutes');
  });

  test('asks for whole days where a service counts in days, and suggests only units that can be', () => {
    const days = duration({ min: '1 day', wholeDays: true });
    expect(days.parse('48 hours').seconds).toBe(2 * DAY);
    expect(fixOf(days, '36 hours')).toBe('write 2 days');
    expect(fixOf(days, 30)).toBe('write 30 days');
    expect(fixOf(days, '36h')).toBe('write 2 days');
    expect(fixOf(duration({ min: '1 year' }), 30)).toBe('write 1 year or more');
  });

  test('a limit that is none is a mistake in the schema', () => {
    expect(() => duration({ min: '1 fortnight' })).toThrow(TypeError);
  });
});

describe('latency', () => {
  test.each([
    ['200 ms', 200],
    ['1 second', 1000],
    ['2 seconds', 2000],
  ])('%s is %d milliseconds', (text, milliseconds) => {
    expect(latency().parse(text)).toEqual({ milliseconds, text });
  });

  test('says what to write', () => {
    expect(fixOf(latency(), 200)).toBe('write 200 ms or 200 seconds');
    expect(fixOf(latency({ max: '60 seconds' }), 200)).toBe('write 200 ms');
    expect(fixOf(latency(), '0.2s')).toBe('write 200 ms');
    expect(fixOf(latency({ min: '1 ms' }), '0 ms')).toBe('write 1 ms or more');
  });
});

describe('size', () => {
  test.each([
    ['512 MiB', 512 * 1024 ** 2],
    ['4 GiB', 4 * 1024 ** 3],
    ['1 TiB', 1024 ** 4],
  ])('%s is %d bytes', (text, bytes) => {
    expect(size().parse(text)).toEqual({ bytes, text });
  });

  test.each([
    [4, 'write 4 GiB, 4 MiB or 4 TiB'],
    ['4 GB', 'write 4 GiB'],
    ['4Gi', 'write 4 GiB'],
    ['4gib', 'write 4 GiB'],
    ['0.5 TiB', 'write 512 GiB'],
    ['500 KiB', 'write an amount of data, for example 4 GiB'],
    ['500 kilobytes', 'write an amount of data, for example 4 GiB'],
    ['10%', 'write an amount of data, for example 4 GiB'],
  ])('%j says what to write', (received, fix) => {
    expect(fixOf(size(), received)).toBe(fix);
  });

  test('asks for whole GiB where a service counts in GiB', () => {
    const whole = size({ min: '30 GiB', wholeGiB: true });
    expect(whole.safeParse('1 TiB').success).toBe(true);
    expect(fixOf(whole, '30721 MiB')).toBe('write 31 GiB');
    expect(fixOf(whole, '29 GiB')).toBe('write 30 GiB or more');
  });
});

describe('percent', () => {
  test('is the number before the sign', () => {
    expect(percent().parse('10%')).toBe(10);
    expect(percent().parse('99.5%')).toBe(99.5);
    expect(percent().parse('0%')).toBe(0);
  });

  test.each([
    [0.1, 'write 10%'],
    ['0.1', 'write 10%'],
    [10, 'write 10%'],
    ['10 %', 'write 10%'],
    ['10 percent', 'write 10%'],
    ['101%', 'write 100% or less'],
    ['ten', 'write a percentage from 0% to 100%, for example 10%'],
    ['30 minutes', 'write a percentage from 0% to 100%, for example 10%'],
  ])('%j says what to write', (received, fix) => {
    expect(fixOf(percent(), received)).toBe(fix);
  });

  test('keeps to its limits', () => {
    expect(percent({ min: 1, max: 1000 }).safeParse('1000%').success).toBe(true);
    expect(fixOf(percent({ min: 1 }), '0.5%')).toBe('write 1% or more');
  });
});

describe('money', () => {
  test('is an amount and a currency', () => {
    expect(money().parse('5000 USD')).toEqual({ amount: 5000, currency: 'USD' });
    expect(money({ currencies: ['USD', 'EUR'] }).parse('99.90 EUR')).toEqual({ amount: 99.9, currency: 'EUR' });
  });

  test.each([
    [5000, 'write 5000 USD'],
    ['$5,000', 'write 5000 USD'],
    ['5000 usd', 'write 5000 USD'],
    ['5000 EUR', 'write 5000 USD'],
    ['much', 'write an amount of money in USD, for example 5000 USD'],
  ])('%j says what to write', (received, fix) => {
    expect(fixOf(money(), received)).toBe(fix);
  });

  test('keeps to its smallest amount', () => {
    expect(fixOf(money({ min: 1 }), '0.50 USD')).toBe('write 1 USD or more');
  });
});

describe('every quantity', () => {
  const integer = fc.nat({ max: 99_999_999 });
  const units = (scale: typeof DURATION_UNITS) => scale.units.flatMap(({ one, many }) => [one, many]);

  test('comes back as it was written, and again the same', () => {
    const decimals = fc.tuple(fc.nat({ max: 999_999 }), fc.nat({ max: 99 })).map(([a, b]) => Number(`${a}.${b}`));
    const cases: readonly [z.ZodType, fc.Arbitrary<string>][] = [
      [duration(), fc.tuple(integer, fc.constantFrom(...units(DURATION_UNITS))).map((parts) => parts.join(' '))],
      [latency(), fc.tuple(integer, fc.constantFrom(...units(LATENCY_UNITS))).map((parts) => parts.join(' '))],
      [size(), fc.tuple(integer, fc.constantFrom(...units(SIZE_UNITS))).map((parts) => parts.join(' '))],
      [percent({ max: 1e6 }), decimals.map((n) => `${n}%`)],
      [money(), decimals.map((n) => `${n} USD`)],
    ];
    for (const [schema, texts] of cases)
      fc.assert(
        fc.property(texts, (text) => {
          const value = schema.parse(text);
          const written = z.encode(schema, value);
          expect(schema.parse(written)).toEqual(value);
          expect(z.encode(schema, schema.parse(written))).toBe(written);
        }),
      );
  });

  test('never takes what it does not suggest: every fix that gives a value gives one that is allowed', () => {
    const received = fc.oneof(
      fc.double({ noNaN: true }),
      fc.integer(),
      fc
        .tuple(fc.nat(), fc.constantFrom('m', 'h', 'GB', '%', ' days', ' months', ' USD', ''))
        .map((parts) => parts.join('')),
      fc.string(),
    );
    const schemas: z.ZodType[] = [
      duration(),
      duration({ min: '1 day', wholeDays: true }),
      latency(),
      size({ wholeGiB: true }),
      percent(),
      money({ currencies: ['USD'] }),
    ];
    fc.assert(
      fc.property(received, fc.constantFrom(...schemas), (value, schema) => {
        const [, texts] = /^write (\d.*)$/.exec(fixOf(schema, value) ?? '') ?? [];
        for (const text of texts?.replace(/ or (more|less)$/, '').split(/, | or /) ?? [])
          expect(schema.safeParse(text).success).toBe(true);
      }),
    );
  });

  test('is text with a pattern, a description and an example in the JSON Schema', () => {
    const schema = z.strictObject({
      bake: duration().prefault('30 minutes').describe('How long it waits.'),
      disk: size(),
      share: percent(),
      monthly: money(),
    });
    const json = z.toJSONSchema(schema, { io: 'input' });
    expect(json.required).toEqual(['disk', 'share', 'monthly']);
    expect(json.properties?.bake).toMatchObject({
      type: 'string',
      default: '30 minutes',
      description: 'How long it waits.',
    });
    for (const property of Object.values(json.properties ?? {}) as z.core.JSONSchema.BaseSchema[]) {
      expect(property.description).toMatch(/\w/);
      expect(property.examples?.[0]).toMatch(new RegExp(property.pattern ?? '^$'));
    }
  });
});
