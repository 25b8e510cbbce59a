import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsCron, gcpCron, restrictsBothDays } from '../../../lib/plan/pipeline/cron';
import { scheduleProblem } from '../../../lib/spec/schedule';
import { EVERY_KIND, loadedPipeline, plannedPipeline } from '../../support/pipeline-spec';
import { problemsOf } from '../../support/problems';

describe('a schedule as EventBridge Scheduler takes it', () => {
  it.each([
    ['0 3 * * *', 'cron(0 3 * * ? *)'],
    ['*/15 * * * *', 'cron(0,15,30,45 * * * ? *)'],
    ['30 6 1,15 * *', 'cron(30 6 1,15 * ? *)'],
    ['0 3 * * 1', 'cron(0 3 ? * 2 *)'],
    ['0 3 * * 1-5', 'cron(0 3 ? * 2-6 *)'],
    ['0 3 * * MON-FRI', 'cron(0 3 ? * 2-6 *)'],
    ['0 3 * * 0', 'cron(0 3 ? * 1 *)'],
    ['0 3 * * 7', 'cron(0 3 ? * 1 *)'],
    ['0 3 * * 5-7', 'cron(0 3 ? * 1,6-7 *)'],
    ['0 3 * * 0,6', 'cron(0 3 ? * 1,7 *)'],
    ['0 3 * * */2', 'cron(0 3 ? * 1,3,5,7 *)'],
    ['0 3 * * 0-6', 'cron(0 3 * * ? *)'],
    ['0 3 */10 * *', 'cron(0 3 1,11,21,31 * ? *)'],
    ['0 8-18/2 * 1-3,jul *', 'cron(0 8,10,12,14,16,18 * 1-3,7 ? *)'],
    ['0 0 1 */3 *', 'cron(0 0 1 1,4,7,10 ? *)'],
  ])('%s is %s', (schedule, expected) => {
    expect(awsCron(schedule)).toBe(expected);
  });

  it.each([
    ['0 3 * * sat-sun', 'cron(0 3 ? * 1,7 *)'],
    ['0 3 * * fri-SUN', 'cron(0 3 ? * 1,6-7 *)'],
    ['0 3 * * sun-tue', 'cron(0 3 ? * 1-3 *)'],
    ['0 3 * * mon-sun', 'cron(0 3 * * ? *)'],
  ])('knows that a week ends with a Sunday too: %s is %s', (schedule, expected) => {
    expect(awsCron(schedule)).toBe(expected);
  });

  it('has no word for days of which any may come', () => {
    expect(restrictsBothDays('0 3 1 * 1')).toBe(true);
    expect(restrictsBothDays('0 3 1 * *')).toBe(false);
    expect(restrictsBothDays('0 3 * * 1')).toBe(false);
  });

  it('takes no list of all days for none: with other days, they all may come', () => {
    expect(restrictsBothDays('0 3 1-31 * 1')).toBe(true);
    expect(restrictsBothDays('0 3 */1 * mon')).toBe(true);
    expect(restrictsBothDays('0 3 1 * 0-6')).toBe(true);
  });
});

it.each(['0  3  *  *  MON-FRI', ' 0 3\t* * MON-FRI\n'])(
  'counts no more than one space between fields: %j',
  (schedule) => {
    const pipeline = { ...EVERY_KIND, triggers: { nightly: { schedule } } };
    const { triggers } = plannedPipeline(pipeline);
    expect(triggers).toMatchObject([{ kind: 'schedule', cron: '0 3 * * MON-FRI' }]);
    expect([awsCron, gcpCron].map((cron) => triggers.map((one) => cron((one as { cron: string }).cron)))).toEqual([
      ['cron(0 3 ? * 2-6 *)'],
      ['0 3 * * 1-5'],
    ]);
  },
);

describe('a schedule as Cloud Scheduler takes it', () => {
  it.each([
    ['0 3 * * *', '0 3 * * *'],
    ['*/15 * * * *', '0,15,30,45 * * * *'],
    ['0 3 * * mon-fri', '0 3 * * 1-5'],
    ['0 3 * * sat-sun', '0 3 * * 0,6'],
    ['0 3 * jan,jul *', '0 3 * 1,7 *'],
    ['0 3 1 * 1', '0 3 1 * 1'],
    ['0 3 1-31 * mon', '0 3 1-31 * 1'],
    ['0 3 */10 * mon', '0 3 1,11,21,31 * 1'],
  ])('%s is %s', (schedule, expected) => {
    expect(gcpCron(schedule)).toBe(expected);
  });
});

describe('any schedule', () => {
  /** Fields read back by hand, as their documentation has them: lists of numbers and ranges. */
  const has = (field: string, value: number): boolean =>
    field === '*' ||
    field.split(',').some((item) => {
      const [first = '', last = first] = item.split('-');
      return value >= Number(first) && value <= Number(last);
    });
  const on = (field: string, value: number): boolean | undefined =>
    field === '*' || field === '?' ? undefined : has(field, value);
  /** Whether a day comes: where both kinds of days are named, either may. */
  const comes = (fields: readonly string[], at: Date, sunday: 0 | 1): boolean => {
    const [, , day = '', month = '', weekday = ''] = fields;
    const named = [on(day, at.getUTCDate()), on(weekday, at.getUTCDay() + sunday)].filter((one) => one !== undefined);
    return has(month, at.getUTCMonth() + 1) && (named.length === 0 || named.includes(true));
  };
  const count = (n: number) => Array.from({ length: n }, (_, i) => i);

  /** The next times of five fields after a time, of which Sunday has the first number of the days of the week. */
  function nextRuns(fields: readonly string[], runs: number, after: Date, sunday: 0 | 1): readonly string[] {
    const [minute = '', hour = ''] = fields;
    const found: string[] = [];
    for (let day = after; day < UNTIL && found.length < runs; day = new Date(day.getTime() + 86_400_000)) {
      if (!comes(fields, day, sunday)) continue;
      for (const h of count(24).filter((n) => has(hour, n)))
        for (const m of count(60).filter((n) => has(minute, n))) {
          const at = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), h, m));
          if (at > after) found.push(at.toISOString());
        }
    }
    return found.slice(0, runs);
  }

  const MONTHS = ['jan', 'Feb', 'MAR', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'DEC'];
  const DAYS = ['sun', 'mon', 'Tue', 'WED', 'thu', 'fri', 'sat', 'SUN'];
  const field = (least: number, most: number, names: readonly string[] = []) => {
    const written = fc
      .tuple(fc.integer({ min: least, max: most }), fc.boolean())
      .map(([value, byName]) => ({ value, text: (byName ? names[value - least] : undefined) ?? String(value) }));
    const range = fc.tuple(written, written).map(([one, other]) => {
      const [from, to] = one.value <= other.value ? [one, other] : [other, one];
      return `${from.text}-${to.text}`;
    });
    const stepped = fc
      .tuple(fc.oneof(fc.constant('*'), range), fc.integer({ min: 1, max: most }))
      .map(([text, step]) => `${text}/${step}`);
    const item = fc.oneof(
      fc.constant('*'),
      written.map(({ text }) => text),
      range,
      stepped,
    );
    return fc.oneof(
      fc.constant('*'),
      fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(',')),
    );
  };
  const schedules = fc
    .tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12, MONTHS), field(0, 7, DAYS))
    .map((fields) => fields.join(' '))
    .filter((schedule) => scheduleProblem(schedule) === undefined);
  const RUNS = 20;
  const AFTER = new Date('2026-01-01T00:00:00Z');
  /** What comes in a leap year only is told apart from what never comes. */
  const UNTIL = new Date('2033-01-01T00:00:00Z');
  const read = (schedule: string): readonly string[] =>
    new Cron(schedule, { paused: true, utcOffset: 0 })
      .nextRuns(RUNS, AFTER)
      .filter((at) => at < UNTIL)
      .map((at) => at.toISOString());

  /** After a month without a 31st, the 1st is not to be passed over. */
  const ENDS_OF_MONTHS = '0 0 1,16,31 * *';

  it('comes on AWS when cron says so', () => {
    fc.assert(
      fc.property(
        schedules.filter((schedule) => !restrictsBothDays(schedule)),
        (schedule) => {
          const [fields = ''] = /(?<=^cron\().*(?= \*\)$)/.exec(awsCron(schedule)) ?? [];
          expect(fields).toMatch(/^[0-9*?,-]+( [0-9*?,-]+){4}$/);
          expect(fields.match(/\?/g), fields).toHaveLength(1);
          expect(nextRuns(fields.split(' '), RUNS, AFTER, 1), fields).toEqual(read(schedule));
        },
      ),
      { numRuns: 300, examples: [[ENDS_OF_MONTHS]] },
    );
  });

  it('comes on Google Cloud when cron says so', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const written = gcpCron(schedule);
        expect(written).toMatch(/^[0-9*,-]+( [0-9*,-]+){4}$/);
        expect(nextRuns(written.split(' '), RUNS, AFTER, 0), written).toEqual(read(schedule));
      }),
      { numRuns: 300, examples: [[ENDS_OF_MONTHS]] },
    );
  });
});

describe('what AWS takes of a pipeline', () => {
  const withSchedule = { ...EVERY_KIND, triggers: { odd: { schedule: '0 3 1 * 1' } } };

  it('is not a schedule with both kinds of days, at its path', () => {
    expect(problemsOf(() => loadedPipeline(withSchedule))).toMatchObject([
      { path: 'models.detector.pipeline.triggers.odd.schedule', message: expect.stringContaining('AWS') },
    ]);
  });

  it('lets that schedule pass where the platform lives elsewhere', () => {
    expect(loadedPipeline(withSchedule, { aws: undefined }).models.detector?.pipeline?.triggers).toHaveProperty('odd');
  });

  it('is not more images than their digests fit into', () => {
    const step = (i: number) => [
      `s${i}`,
      { kind: 'prediction', image: `${'long-tag-'.repeat(8)}${i}`, inputs: { data: 'transactions' } },
    ];
    const pipeline = { steps: Object.fromEntries(Array.from({ length: 9 }, (_, i) => step(i))) };
    expect(problemsOf(() => loadedPipeline(pipeline))).toMatchObject([
      { path: 'models.detector.pipeline.steps', message: expect.stringContaining('9 images') },
    ]);
  });
});
