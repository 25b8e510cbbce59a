import { join } from 'node:path';
import type { RunOutcome } from '../../plan/pipeline/pipeline-signals';
import { CommandFailed } from '../command-failed';
import { faultText } from '../fault-text';
import type { Metrics } from './metrics';
import { replaceFile } from './replace-file';
import { StepFailed } from './step-failed';

const REPORT = 'run.json';
/** What the report says while a run goes on, and ever after of one that was stopped or whose machine went. */
const NOT_ENDED = 'The run has not ended: it goes on, or was stopped.';

/** How a run ended, with the outcomes that a platform announces too. */
export interface LocalReport {
  readonly run: string;
  /** Folder of the run. */
  readonly folder: string;
  readonly outcome: Exclude<RunOutcome, 'start-failed'>;
  /** For people: what the outcome is of. */
  readonly detail: string;
  readonly snapshots: Readonly<Record<string, string>>;
  /** By step: what it measured. Of steps that ran. */
  readonly metrics: Readonly<Record<string, Metrics>>;
  readonly skipped: readonly string[];
  /** Number and folder of the version that was registered. */
  readonly version?: number;
  readonly registered?: string;
}

export type Ended = Pick<LocalReport, 'outcome' | 'detail' | 'version' | 'registered'>;
export type Found = Omit<LocalReport, keyof Ended>;

/** Writes how a run would have ended if it ended now: what ends it without a word cannot make that untrue. */
export const noteUnended = (found: Found, decided?: Ended): void =>
  write({ ...found, ...brokenOff(new StepFailed(NOT_ENDED), decided) });

/** Writes how a run ended. A report that cannot be written is told with the rest, and the run did not end well. */
export function noteEnded(found: Found, ended: Ended): LocalReport {
  const report = { ...found, ...ended };
  try {
    write(report);
    return report;
  } catch (error) {
    const detail = `${ended.detail}\n${REPORT} does not say so: ${told(error)}`;
    return { ...report, outcome: ended.version === undefined ? 'failed' : 'registered-and-failed', detail };
  }
}

/**
 * How a run ended that something broke off.
 *
 * @param decided - what had become of the model by then
 */
export function brokenOff(error: unknown, decided: Ended | undefined): Ended {
  const { outcome, message: detail } = error instanceof StepFailed ? error : new StepFailed(told(error));
  if (decided?.version !== undefined) return { ...decided, outcome: 'registered-and-failed', detail };
  if (decided?.outcome !== 'gate-failed') return { outcome, detail };
  return { outcome, detail: `${detail}\nThe gate is closed, too: ${decided.detail} Nothing is registered.` };
}

/** Of what stops a run: what is to be done, or what the machine refused, such as a full disk; else it is a fault of ours. */
export const told = (error: unknown): string =>
  error instanceof CommandFailed || (error instanceof Error && 'syscall' in error) ? error.message : faultText(error);

const write = (report: LocalReport): void =>
  replaceFile(join(report.folder, REPORT), `${JSON.stringify(report, null, 2)}\n`);
