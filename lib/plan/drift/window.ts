/** Why nothing is measured, after the name of a version: all of the window is from before it was the one that serves. */
export const SERVES_SINCE_THEN = ' serves since the window of this run only, so nothing in it tells of it.';
