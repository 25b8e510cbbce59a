import { type AslState, expr } from './asl';

const pascal = (name: string): string => name.replace(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase());

/** States of an outcome: the one that tells of it, and the one that ends with it. */
export const announceState = (outcome: string): string => `Announce${pascal(outcome)}`;
export const endState = (outcome: string): string => `Ended${pascal(outcome)}`;

/**
 * How a machine ends that told of `$report`: `Ended…` with the error of its outcome, and `NotAnnounced` where the channel took
 * no alert.
 *
 * @param errors - by outcome
 */
export const announcedEnds = (errors: Readonly<Record<string, string>>): Readonly<Record<string, AslState>> => ({
  ...Object.fromEntries(
    Object.entries(errors).map(([outcome, error]) => [
      endState(outcome),
      { Type: 'Fail', Error: error, Cause: expr('$report.detail') },
    ]),
  ),
  NotAnnounced: {
    Type: 'Fail',
    Error: 'NotAnnounced',
    Cause: expr("'The alert channel took no alert about this: ' & $report.outcome & ': ' & $report.detail"),
  },
});
