import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isTimeZone } from '../../lib/spec/time-zone';
import { describeJudge, judgePython } from '../support/describe-judge';

/** Names that Python's copy of the tz database has. */
const NAMES = 'import json, zoneinfo; print(json.dumps(sorted(zoneinfo.available_timezones())))';
/** Not of a zone: what a machine without one has, and what some systems call their own. */
const NO_ZONES = ['Factory', 'localtime'];

const known = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

describeJudge('drift', 'time zones of a spec', () => {
  test('are those of the tz database', () => {
    const names = JSON.parse(execFileSync(judgePython('drift'), ['-c', NAMES], { encoding: 'utf8' })) as string[];
    expect(names.length).toBeGreaterThan(500);
    // A database that is newer than Node's has zones of which that knows nothing yet.
    expect(names.filter((name) => !isTimeZone(name) && known(name))).toEqual([]);
    expect(NO_ZONES.filter(isTimeZone)).toEqual([]);
  });
});
