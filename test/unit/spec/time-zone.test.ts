import { describe, expect, it } from 'vitest';
import { isTimeZone } from '../../../lib/spec/time-zone';

describe('time zones', () => {
  it.each(['Europe/Berlin', 'Etc/UTC', 'UTC', 'EST', 'PRC', 'Europe/Kyiv', 'US/Pacific', 'America/Indiana/Knox'])(
    '%s is in the tz database',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );
  it.each(['PST', 'BST', 'IST', 'CST', 'JST', 'AST', 'ECT', 'SystemV/EST5', 'US/Pacific-New'])(
    'only ICU knows %s, and some of its names are of another continent',
    (name) => {
      expect(isTimeZone(name)).toBe(false);
    },
  );
  it.each(['europe/berlin', 'Etc/utc', 'ETC/UTC', 'Asia/KATHMANDU', 'utc', 'Berlin', 'Europe/Nowhere', '+01:00', ''])(
    '%j is no name in its spelling',
    (name) => {
      expect(isTimeZone(name)).toBe(false);
    },
  );
});
