import type { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { LoggingProjectSink } from '@cdktf/provider-google/lib/logging-project-sink';
import { MonitoringNotificationChannel } from '@cdktf/provider-google/lib/monitoring-notification-channel';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member';
import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { startTriggerAccess } from '../../plan/pipeline/pipeline-access';
import type { PipelinePlan, TriggerPlan } from '../../plan/pipeline/pipeline-plan';
import { Workload } from '../access/workload';
import type { AlertChannel } from '../alerts/alert-channel';
import { anyOf, logFilter } from '../alerts/log-filter';
import { PublishedTopic } from '../alerts/published-topic';
import { TopicTrigger } from '../alerts/topic-trigger';
import type { IDataset } from '../data-lake/lake-parts';
import type { EncryptionKey } from '../keys/encryption-key';
import { agentMember, publishersOf } from '../services/service-agents';
import type { Target } from '../target';
import type { Workflow } from '../workflow/workflow';
import { workflowSchedule } from '../workflow/workflow-schedule';
import { startScheduleName } from './start-names';

export interface PipelineTriggersProps {
  readonly target: Target;
  readonly names: PlatformNames;
  readonly plan: PipelinePlan;
  /** Tables of the lake, by dataset. */
  readonly datasets: Readonly<Record<string, IDataset>>;
  /** What they start. */
  readonly workflow: Workflow;
  readonly alerts: AlertChannel;
  readonly encryptionKey: EncryptionKey;
  readonly labels: Readonly<Record<string, string>>;
}

type Of<Kind extends TriggerPlan['kind']> = Extract<TriggerPlan, { kind: Kind }>;

/**
 * What starts runs of a pipeline by itself: schedules, entries of BigQuery's audit log that say that a table was changed,
 * and signals of Monitoring; the last two by one topic.
 */
export class PipelineTriggers extends Construct {
  /** By the name of the trigger. */
  public readonly schedules: Readonly<Record<string, CloudSchedulerJob>>;
  /** What publishes changes of tables, where one starts a run. */
  public readonly sink: LoggingProjectSink | undefined;
  /** Where signals are sent, where one starts a run. */
  public readonly signalChannel: MonitoringNotificationChannel | undefined;
  public readonly topicTrigger: TopicTrigger | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PipelineTriggersProps,
  ) {
    super(scope, id);
    const { triggers } = props.plan;
    const changes = triggers.filter((trigger): trigger is Of<'new-data'> => trigger.kind === 'new-data');
    const signalled = triggers.some(({ kind }) => kind === 'signal');
    this.schedules = this.schedule(
      triggers.filter((trigger): trigger is Of<'schedule'> => trigger.kind === 'schedule'),
    );
    if (changes.length === 0 && !signalled) return;

    const { target, names, plan, workflow, encryptionKey, labels } = props;
    const name = names.of('compute', 'runs', plan.model);
    const topic = new PublishedTopic(this, 'Topic', {
      target,
      name,
      publishers: signalled
        ? Object.fromEntries(publishersOf('runs').map((agent) => [agent, agentMember(agent, target)]))
        : {},
      encryptionKey,
      labels,
    });
    this.topicTrigger = new TopicTrigger(this, 'OnMessage', {
      target,
      name,
      accountId: names.of('serviceAccount', 'runs', plan.model),
      access: startTriggerAccess(plan),
      topic: topic.topicId,
      ready: topic.ready,
      workflow,
      labels,
    });
    if (changes.length > 0) this.sink = this.publishChanges(name, topic, this.topicTrigger, changes);
    if (signalled)
      this.signalChannel = new MonitoringNotificationChannel(this, 'Signals', {
        project: target.project,
        displayName: `${names.slug}: signals that start a run of ${plan.model}`,
        type: 'pubsub',
        labels: { topic: topic.topicId },
        userLabels: { ...labels },
        forceDelete: false,
        lifecycle: { createBeforeDestroy: true },
        dependsOn: [...topic.ready],
      });
  }

  private schedule(schedules: readonly Of<'schedule'>[]): Readonly<Record<string, CloudSchedulerJob>> {
    if (schedules.length === 0) return {};
    const { target, names, plan, workflow } = this.props;
    const by = new Workload(this, 'Schedules', {
      target,
      accountId: names.of('serviceAccount', 'clock', plan.model),
      access: startTriggerAccess(plan),
      grantors: { machine: (_verb, _name, to) => workflow.grantStart(target, to) },
      description: `Starts runs of the pipeline of ${plan.model} by the clock`,
    });
    return Object.fromEntries(
      schedules.map(({ name, cron, timeZone }) => [
        name,
        workflowSchedule(this, `Schedule-${name}`, {
          target,
          name: startScheduleName(names, plan.model, name),
          description: `Starts a run of the pipeline of ${plan.model}`,
          schedule: cron,
          timeZone,
          workflow,
          argument: { reason: 'schedule', trigger: name },
          trigger: by,
        }),
      ]),
    );
  }

  /** Source: BigQuery documentation, "Audit logs", BigQueryAuditMetadata; Cloud Logging documentation, "Route logs". */
  private publishChanges(
    name: string,
    topic: PublishedTopic,
    trigger: TopicTrigger,
    changes: readonly Of<'new-data'>[],
  ): LoggingProjectSink {
    const { target, datasets, plan } = this.props;
    const tables = changes.map(({ dataset }) => {
      const table = datasets[dataset];
      if (table === undefined) throw new Error(`${this.node.path}: the lake has no dataset ${dataset}`);
      return `projects/${target.project}/datasets/${table.zone.databaseName}/tables/${table.tableName}`;
    });
    const sink = new LoggingProjectSink(this, 'Changes', {
      project: target.project,
      name,
      description: `Changes of tables that start a run of ${plan.model}`,
      destination: `pubsub.googleapis.com/${topic.topicId}`,
      filter: logFilter(
        this,
        [
          'log_id("cloudaudit.googleapis.com/data_access")',
          'protoPayload.metadata.tableDataChange:*',
          anyOf('protoPayload.resourceName', [...new Set(tables)]),
        ].join(' AND '),
      ),
      uniqueWriterIdentity: true,
      // A message that nobody takes yet is lost.
      dependsOn: [...topic.ready, trigger.resource],
    });
    // Logging makes up who writes, so this comes after the sink.
    new PubsubTopicIamMember(this, 'Publishes', {
      project: target.project,
      topic: topic.resource.name,
      role: 'roles/pubsub.publisher',
      member: sink.writerIdentity,
    });
    return sink;
  }
}
