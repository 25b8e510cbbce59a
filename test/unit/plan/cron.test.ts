import { Cron } from 'croner';
import { describe, expect, it } from 'vitest';
import { awsCron, restrictsBothDays } from '../../../lib/plan/pipeline/cron';
import { EVERY_KIND, loadedPipeline } from '../../support/pipeline-spec';
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

  /** The six fields read back by hand: what Amazon documents. */
  const matches = (expression: string, at: Date): boolean => {
    const [minute, hour, day, month, weekday] = expression.slice('cron('.length, -1).split(' ');
    const has = (field: string | undefined, value: number): boolean =>
      field === '*' ||
      field === '?' ||
      (field ?? '').split(',').some((item) => {
        const [first = '', last = first] = item.split('-');
        return value >= Number(first) && value <= Number(last);
      });
    return (
      has(minute, at.getUTCMinutes()) &&
      has(hour, at.getUTCHours()) &&
      has(day, at.getUTCDate()) &&
      has(month, at.getUTCMonth() + 1) &&
      has(weekday, at.getUTCDay() + 1)
    );
  };

  it.each(['*/20 3 * * *', '5 */7 * * 6,7', '0 12 * * SUN-TUE', '15 0-6/3 28-31 * *', '0 0 * 2,12 5-7'])(
    'comes at the times at which %s comes',
    (schedule) => {
      const expression = awsCron(schedule);
      const runs = new Cron(schedule, { timezone: 'UTC', paused: true });
      let at = new Date('2026-01-01T00:00:00Z');
      for (let i = 0; i < 60; i++) {
        const next = runs.nextRun(at);
        if (next === null) throw new Error('no next run');
        expect(matches(expression, next), `${expression} at ${next.toISOString()}`).toBe(true);
        for (let minute = at.getTime() + 60_000; minute < next.getTime(); minute += 60_000)
          if (matches(expression, new Date(minute))) throw new Error(`too early at ${new Date(minute).toISOString()}`);
        at = next;
      }
    },
  );

  it('has no word for days of which any may come', () => {
    expect(restrictsBothDays('0 3 1 * 1')).toBe(true);
    expect(restrictsBothDays('0 3 1 * *')).toBe(false);
    expect(restrictsBothDays('0 3 * * 1')).toBe(false);
    expect(restrictsBothDays('0 3 1-31 * 1')).toBe(false);
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
