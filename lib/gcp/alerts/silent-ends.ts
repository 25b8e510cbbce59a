import type { Signal } from '../../plan/signals';
import { announcedFilter } from './announce';
import { anyOf } from './log-filter';

export interface SilentEnds {
  readonly platform: string;
  /** Name of the workflow. */
  readonly workflow: string;
  /** What the workflow announces when it fails. */
  readonly signal: Signal;
  /** Tags of the errors that it ends with once it has done so. */
  readonly announcedErrors: readonly string[];
  /** Names of the Cloud Scheduler jobs that start it. Default: none does. */
  readonly schedules?: readonly string[];
}

/**
 * Log entries of a failure that a workflow announced, and of those that it could not announce: it was cancelled, failed in a
 * way that it does not catch, or was not started by its schedule.
 * Source: Cloud Logging documentation, "Google Cloud platform logs", workflows.googleapis.com/executions_system:
 * ExecutionsSystemLog with `state` and `failure.exception`.
 */
export function failedOrSilent({ platform, workflow, signal, announcedErrors, schedules = [] }: SilentEnds): string {
  const silent = [
    'resource.type="workflows.googleapis.com/Workflow"',
    `resource.labels.workflow_id="${workflow}"`,
    'jsonPayload.@type="type.googleapis.com/google.cloud.workflows.type.ExecutionsSystemLog"',
    anyOf('jsonPayload.state', ['FAILED', 'CANCELLED']),
    ...announcedErrors.map((tag) => `NOT jsonPayload.failure.exception:"${tag}"`),
  ].join(' AND ');
  return [announcedFilter(platform, signal), silent, ...(schedules.length === 0 ? [] : [notStarted(schedules)])]
    .map((entries) => `(${entries})`)
    .join(' OR ');
}

/**
 * Attempts of schedules that were not taken. Cloud Scheduler has no queue for what it gave up.
 * Source: Cloud Scheduler documentation, "View logs": AttemptFinished, an error where the target refused.
 */
const notStarted = (schedules: readonly string[]): string =>
  `resource.type="cloud_scheduler_job" AND ${anyOf('resource.labels.job_id', schedules)} AND severity>=ERROR`;
