import { type AslState, expr } from './asl';

const pascal = (name: string): string => name.replace(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase());

/** State that tells of an outcome. */
export const announceState = (outcome: string): string => `Announce${pascal(outcome)}`;

/**
 * How a machine ends that has `$report`, an outcome and its details: `Done` once it has told whom it concerns, and
 * `NotAnnounced` where the channel took no alert. A failure that was told of succeeds too, and its output says what it was:
 * so that FAILED only ever means that nobody was told, which is all that `announceSilentEnds` can see of an execution.
 *
 * @param output - of the execution, JSONata with the `outcome` in it
 */
export const announcedEnds = (output = '$report'): Readonly<Record<'Done' | 'NotAnnounced', AslState>> => ({
  Done: { Type: 'Succeed', Output: expr(output) },
  NotAnnounced: {
    Type: 'Fail',
    Error: 'NotAnnounced',
    Cause: expr("'The alert channel took no alert about this: ' & $report.outcome & ': ' & $report.detail"),
  },
});
