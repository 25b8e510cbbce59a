import { describe, expect, it } from 'vitest';
import { SIGNAL_PERIOD_SECONDS } from '../../lib/spec/drift';
import type { ModelSpec } from '../../lib/spec/model';
import { DEFAULT_TIME_ZONE } from '../../lib/spec/pipeline';
import { exampleSpec, examplesOn } from '../support/example-files';
import { nextTimes } from '../support/own-time';

const NEW_YEAR = new Date('2026-01-01T00:00:00Z');
const DAYS = 365;
/** Seconds after the start of a comparison in which its alarm comes: what it takes itself, and a period of the metric. */
const ALARM_SECONDS = 2 * SIGNAL_PERIOD_SECONDS;

const timesOf = ({ schedule, timeZone = DEFAULT_TIME_ZONE }: { schedule: string; timeZone?: string | undefined }) =>
  nextTimes({ cron: schedule, timeZone }, NEW_YEAR, DAYS).map((time) => time.getTime() / 1000);

/** Comparisons of a year whose alarm comes in the cooldown of a run that a schedule started, ISO 8601. */
function drowned({ pipeline, monitoring }: ModelSpec): readonly string[] {
  if (pipeline === undefined || monitoring?.drift === undefined) return [];
  const scheduled = Object.values(pipeline.triggers).flatMap(({ schedule, timeZone }) =>
    schedule === undefined ? [] : timesOf({ schedule, timeZone }),
  );
  const cooling = (alarm: number) =>
    scheduled.some((start) => alarm >= start && alarm <= start + pipeline.cooldown.seconds);
  return timesOf(monitoring.drift)
    .filter((time) => cooling(time) || cooling(time + ALARM_SECONDS))
    .map((time) => new Date(time * 1000).toISOString());
}

/** Models of the examples that a signal is to retrain. */
const RETRAINED = [...new Set([...examplesOn('aws'), ...examplesOn('gcp')])].flatMap((one) =>
  Object.entries(exampleSpec(one).models)
    .filter(([, { pipeline }]) => Object.values(pipeline?.triggers ?? {}).some(({ signal }) => signal !== undefined))
    .map(([name, model]) => ({ title: `${one.title}: ${name}`, model })),
);

describe('an alarm of the examples starts a run', () => {
  it('is something that examples have', () => {
    expect(RETRAINED.length).toBeGreaterThan(0);
  });

  it.each(RETRAINED)('$title: on no day does it come in the cooldown of a scheduled run', ({ model }) => {
    expect(drowned(model)).toEqual([]);
  });
});
