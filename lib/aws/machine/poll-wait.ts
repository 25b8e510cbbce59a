import { type AslState, expr } from './asl';

/** Seconds between two looks at what runs for long, to begin with. */
export const POLL_SECONDS = 60;
/** Part of its time by which its end is seen late at most: what runs for long is looked at less often, so that looks end. */
export const POLL_SHARE = 0.02;

/** Waits before the next look at what began at `$began`, in milliseconds. */
export const pollWait = (next: string): AslState => ({
  Type: 'Wait',
  Seconds: expr(`$max([${POLL_SECONDS}, $floor(($millis() - $began) / 1000 * ${POLL_SHARE})])`),
  Next: next,
});
