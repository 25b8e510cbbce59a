import type { Signal } from '../../plan/signals';
import { announcedFilter } from './announce';

export interface SilentEnds {
  readonly platform: string;
  /** Name of the workflow. */
  readonly workflow: string;
  /** What the workflow announces when it fails. */
  readonly signal: Signal;
  /** Tags of the errors that it ends with once it has done so. */
  readonly announcedErrors: readonly string[];
}

/**
 * Log entries of a failure that a workflow announced, and of ends that it could not announce: it was cancelled, or failed in
 * a way that it does not catch.
 * Source: Cloud Logging documentation, "Google Cloud platform logs", workflows.googleapis.com/executions_system:
 * ExecutionsSystemLog with `state` and `failure.exception`.
 */
export function failedOrSilent({ platform, workflow, signal, announcedErrors }: SilentEnds): string {
  const silent = [
    'resource.type="workflows.googleapis.com/Workflow"',
    `resource.labels.workflow_id="${workflow}"`,
    'jsonPayload.@type="type.googleapis.com/google.cloud.workflows.type.ExecutionsSystemLog"',
    'jsonPayload.state=("FAILED" OR "CANCELLED")',
    ...announcedErrors.map((tag) => `NOT jsonPayload.failure.exception:"${tag}"`),
  ].join(' AND ');
  return `(${announcedFilter(platform, signal)}) OR (${silent})`;
}
