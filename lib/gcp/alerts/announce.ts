import { textOn } from '../../plan/signal-text';
import type { Signal } from '../../plan/signals';
import { expr, type Step } from '../workflow/syntax';

/** What a log entry that announces something says beside the signal, and how an alert policy takes it out. */
export const ANNOUNCED_FIELDS = {
  Version: 'EXTRACT(jsonPayload.version)',
  Serves: 'EXTRACT(jsonPayload.serves)',
  Reason: 'EXTRACT(jsonPayload.reason)',
  Details: 'EXTRACT(jsonPayload.detail)',
  Execution: 'EXTRACT(jsonPayload.execution)',
} as const;

/** The same where somebody may have said something of what was done. */
export const NOTED_FIELDS = { ...ANNOUNCED_FIELDS, Note: 'EXTRACT(jsonPayload.note)' } as const;

/**
 * Fields of an announcement: expressions of a workflow without `${}`. Those that are left out are said to be `-`, but for the
 * note, which is not said then.
 */
export type Announced = Partial<Readonly<Record<'version' | 'serves' | 'reason' | 'detail' | 'note', string>>>;

const LOG_SEVERITY = { info: 'NOTICE', warning: 'WARNING', critical: 'ERROR' } as const;

/** The execution that speaks, as the console finds it. */
const EXECUTION = 'sys.get_env("GOOGLE_CLOUD_WORKFLOW_ID") + "/" + sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")';

/** The step of a workflow that tells the alert channel of a signal, by an entry of its log. */
export function announceStep(
  name: string,
  platform: string,
  signal: Signal,
  announced: Announced,
  next?: string,
): Step {
  const field = (code: string | undefined) => (code === undefined ? '-' : expr(code));
  return {
    [name]: {
      call: 'sys.log',
      args: {
        severity: LOG_SEVERITY[signal.severity],
        json: {
          signal: signal.name,
          platform,
          text: textOn('gcp', signal),
          version: field(announced.version),
          serves: field(announced.serves),
          reason: field(announced.reason),
          detail: field(announced.detail),
          ...(announced.note === undefined ? {} : { note: field(announced.note) }),
          execution: expr(EXECUTION),
        },
      },
      ...(next === undefined ? {} : { next }),
    },
  };
}

/** Log entries that `announceStep` writes of a signal. */
export const announcedFilter = (platform: string, signal: Signal): string =>
  [
    'resource.type="workflows.googleapis.com/Workflow"',
    `jsonPayload.platform="${platform}"`,
    `jsonPayload.signal="${signal.name}"`,
  ].join(' AND ');
