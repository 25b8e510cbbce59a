import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import type { Construct } from 'constructs';
import { gcpCron } from '../../plan/pipeline/cron';
import type { Workload } from '../access/workload';
import type { Target } from '../target';
import type { Workflow } from './workflow';

/** How often a start is tried again that was not taken. */
export const SCHEDULED_START_RETRIES = 5;

export interface WorkflowScheduleProps {
  readonly target: Target;
  /** A name of the plan (kind `compute`). */
  readonly name: string;
  readonly description: string;
  /** Five fields of cron, and a time zone of the IANA. */
  readonly schedule: string;
  readonly timeZone: string;
  readonly workflow: Workflow;
  /** What executions are given. */
  readonly argument: Readonly<Record<string, string>>;
  /** Identity that may start the workflow. */
  readonly trigger: Workload;
}

/** Starts a workflow by the clock. Source: Workflows documentation, "Schedule a workflow using Cloud Scheduler". */
export function workflowSchedule(scope: Construct, id: string, props: WorkflowScheduleProps): CloudSchedulerJob {
  const { target, workflow, trigger, argument } = props;
  return new CloudSchedulerJob(scope, id, {
    project: target.project,
    region: target.region,
    name: props.name,
    description: props.description,
    schedule: gcpCron(props.schedule),
    timeZone: props.timeZone,
    retryConfig: { retryCount: SCHEDULED_START_RETRIES },
    httpTarget: {
      uri: `https://workflowexecutions.googleapis.com/v1/${workflow.workflowId}/executions`,
      httpMethod: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from(JSON.stringify({ argument: JSON.stringify(argument) })).toString('base64'),
      oauthToken: {
        serviceAccountEmail: trigger.email,
        scope: 'https://www.googleapis.com/auth/cloud-platform',
      },
    },
    dependsOn: [workflow.resource, ...trigger.ready],
  });
}
