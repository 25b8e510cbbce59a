const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}(?:\.\d{1,3})?))?(Z|[+-]\d{2}:\d{2})?)?$/;

/** A day of the calendar as `2026-01-31`; undefined for what is none. */
export function dateOf(text: string): string | undefined {
  if (!DATE.test(text)) return undefined;
  const day = new Date(`${text}T00:00:00Z`);
  // JavaScript takes the 30th of February for the 1st of March.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? text : undefined;
}

/** A moment of ISO 8601 in UTC, to the millisecond: `2026-01-31T12:00:00.000Z`. Without a zone it is UTC. */
export function instantOf(text: string): string | undefined {
  const [, day = '', minute = '00:00', second = '00', zone = 'Z'] = INSTANT.exec(text) ?? [];
  if (dateOf(day) === undefined) return undefined;
  const moment = new Date(`${day}T${minute}:${second}${zone}`);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}
