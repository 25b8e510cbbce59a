import type { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { Construct } from 'constructs';
import type { AccessEdge } from '../../plan/access';
import { gcpScorecardTriggerAccess, gcpSweepTriggerAccess } from '../../plan/gcp-access';
import { OPERATIONS_SIGNALS } from '../../plan/outcome-signals';
import { scorecardAccess, sweepAccess } from '../../plan/serving-access';
import { Workload } from '../access/workload';
import type { WorkflowSource } from '../workflow/syntax';
import type { Workflow } from '../workflow/workflow';
import { workflowSchedule } from '../workflow/workflow-schedule';
import { KeptWorkflow, type KeptWorkflowProps, type OperationsContext } from './kept-workflow';
import { operationsWorkflow } from './operations-names';
import { ANNOUNCED_ERRORS, type OperationsWorkflowProps } from './workflow/operations-props';
import { scorecardWorkflow } from './workflow/scorecard-workflow';
import { sweepWorkflow } from './workflow/sweep-workflow';

/** When the workflows run that look after all endpoints: once a day, in UTC. Nobody waits for them. */
export const OPERATIONS_SCHEDULE = '17 4 * * *';
export const OPERATIONS_TIME_ZONE = 'Etc/UTC';

/** What is done once a day, of what a kept workflow has to be told. */
export interface DailyJob
  extends Pick<
    KeptWorkflowProps,
    'job' | 'description' | 'access' | 'failed' | 'announcedError' | 'signals' | 'grantors'
  > {
  readonly source: (props: OperationsWorkflowProps) => WorkflowSource;
  /** What starts it may do. */
  readonly triggerAccess: readonly AccessEdge[];
}

/** sweep: tells of endpoints without a model. scorecard: publishes how many models serve and since when. */
export const DAILY_JOBS = {
  sweep: {
    job: 'sweep',
    description: 'Tells of endpoints that serve and that no model owns.',
    source: sweepWorkflow,
    access: sweepAccess(),
    triggerAccess: gcpSweepTriggerAccess(),
    failed: OPERATIONS_SIGNALS.sweepFailed,
    announcedError: ANNOUNCED_ERRORS.sweep,
    signals: [OPERATIONS_SIGNALS.orphaned],
  },
  scorecard: {
    job: 'scorecard',
    description: 'Publishes how many models serve, and the age of their versions.',
    source: scorecardWorkflow,
    access: scorecardAccess(),
    triggerAccess: gcpScorecardTriggerAccess(),
    failed: OPERATIONS_SIGNALS.scorecardFailed,
    announcedError: ANNOUNCED_ERRORS.scorecard,
  },
} as const satisfies Readonly<Record<string, DailyJob>>;

export interface DailyProps extends OperationsContext {
  readonly job: DailyJob;
}

/** A workflow that runs once a day. */
export class Daily extends Construct {
  public readonly workflow: Workflow;
  public readonly schedule: CloudSchedulerJob;
  /** What starts it. */
  public readonly trigger: Workload;

  constructor(scope: Construct, id: string, props: DailyProps) {
    super(scope, id);
    const { target, names, alerts, job } = props;
    const { source, triggerAccess, ...about } = job;
    const { workflow } = new KeptWorkflow(this, 'Kept', {
      ...props,
      ...about,
      source: source({ target, platform: alerts.platform }),
      schedules: [operationsWorkflow(names, job.job)],
    });
    this.workflow = workflow;
    this.trigger = new Workload(this, 'Trigger', {
      target,
      accountId: names.of('serviceAccount', job.job, 'trigger'),
      access: triggerAccess,
      grantors: { machine: (_verb, _name, to) => workflow.grantStart(target, to) },
      description: `Starts ${operationsWorkflow(names, job.job)}`,
    });
    this.schedule = workflowSchedule(this, 'Schedule', {
      target,
      name: operationsWorkflow(names, job.job),
      description: `Starts the workflow of this name once a day`,
      schedule: OPERATIONS_SCHEDULE,
      timeZone: OPERATIONS_TIME_ZONE,
      workflow,
      argument: {},
      trigger: this.trigger,
    });
  }
}
