import { expect, it } from 'vitest';
import { loadPlatformSpec } from '../../../lib/plan/load';

const SPEC = 'examples/fraud-detection/platform.yaml';
const DAY = 86_400;

/** Second of the day, in UTC, at which a daily schedule starts on that day. */
function secondOf(schedule: string, timeZone: string, day: string): number {
  const [, minute, hour] = /^(\d+) (\d+) \* \* \*$/.exec(schedule) ?? [];
  if (minute === undefined || hour === undefined) throw new Error(`no daily schedule: ${schedule}`);
  const noon = new Date(`${day}T12:00:00Z`);
  const there = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(noon);
  return (Number(hour) + 12 - Number(there)) * 3600 + Number(minute) * 60;
}

it.each(['dev', 'staging', 'prod'])(
  'drift is looked for in %s when no cooldown keeps its run from being made',
  (environment) => {
    const { pipeline, monitoring } = loadPlatformSpec(SPEC, { environment }).models['fraud-detector'] ?? {};
    const { nightly, drifted } = pipeline?.triggers ?? {};
    const drift = monitoring?.drift;
    if (nightly?.schedule === undefined || drifted === undefined || drift === undefined)
      throw new Error('no such triggers');
    for (const day of ['2026-01-15', '2026-07-15']) {
      const run = secondOf(nightly.schedule, nightly.timeZone ?? 'Etc/UTC', day);
      const look = secondOf(drift.schedule, drift.timeZone ?? 'Etc/UTC', day);
      expect((look - run + 2 * DAY) % DAY, day).toBeGreaterThan(pipeline?.cooldown.seconds ?? 0);
    }
  },
);
