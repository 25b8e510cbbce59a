import { BigqueryDatasetIamMember } from '@cdktf/provider-google/lib/bigquery-dataset-iam-member';
import type { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import type { MonitoringNotificationChannel } from '@cdktf/provider-google/lib/monitoring-notification-channel';
import { Construct } from 'constructs';
import { referencePrefixes, type Watched } from '../../plan/drift/drift-access';
import type { DriftPlan, WatchKind } from '../../plan/drift/drift-plan';
import { gcpDriftAccess, gcpDriftTriggerAccess, gcpDriftWatchAccess } from '../../plan/drift/gcp-drift-access';
import { gcpJobImage } from '../../plan/job-images';
import type { PlatformNames } from '../../plan/names';
import { grantActAs } from '../access/act-as';
import { grantOnce, type IGrantee } from '../access/grantee';
import { grantOnProject } from '../access/project-grants';
import { Workload } from '../access/workload';
import type { AlertChannel } from '../alerts/alert-channel';
import type { AlertPolicy } from '../alerts/alert-policy';
import { ANNOUNCED_FIELDS } from '../alerts/announce';
import { announceGrantors } from '../alerts/announce-grantors';
import { consoleLink } from '../alerts/console-link';
import { failedOrSilent } from '../alerts/silent-ends';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import type { LakeGrantors } from '../data-lake/lake-grants';
import type { IDataset } from '../data-lake/lake-parts';
import { JobCode } from '../jobs/job-code';
import type { EncryptionKey } from '../keys/encryption-key';
import type { IModelRoles } from '../model-registry/model-roles';
import type { IModelRegistry } from '../model-registry/registry-entry';
import { attachmentOf } from '../network/attachment-of';
import type { INetwork } from '../network/network';
import type { IRecords } from '../records/records';
import { CAPTURE_TABLE, type Captures } from '../serving-endpoint/captures';
import type { Target } from '../target';
import { knownRegion } from '../tokens';
import { recordsEnv } from '../workflow/record-steps';
import { grantLog, Workflow } from '../workflow/workflow';
import { workflowSchedule } from '../workflow/workflow-schedule';
import { driftCondition } from './drift-condition';
import { driftMachine } from './drift-machine';
import { WATCH_ANNOUNCED } from './workflow/watch-props';
import { configFile, watchWorkflow } from './workflow/watch-workflow';

export interface DriftMonitorProps {
  readonly target: Target;
  readonly names: PlatformNames;
  readonly plan: DriftPlan;
  /** What the spec says of the model, which the plan was made from. */
  readonly spec: Watched;
  /** The model's entry in the registry. */
  readonly registry: IModelRegistry;
  /** Where the endpoint records requests. */
  readonly captures: Captures;
  /** The lake, with labels and what requests are compared with. None where the plan needs no dataset. */
  readonly lake?: { readonly datasets: Readonly<Record<string, IDataset>>; readonly grantors: LakeGrantors };
  readonly artifacts: IArtifactStore;
  readonly records: IRecords;
  /** Network that jobs run in, by its attachment. */
  readonly network: INetwork;
  /** Custom roles that its grants give. */
  readonly roles: IModelRoles;
  /** Who is told. */
  readonly alerts: AlertChannel;
  /** Channels by the name of their route; those of the plan's signals are needed. */
  readonly routes?: Readonly<Record<string, AlertChannel>>;
  /** What starts a retraining by itself. Default: nothing does. */
  readonly retraining?: MonitoringNotificationChannel;
  /** Key of jobs. */
  readonly encryptionKey: EncryptionKey;
  /** Key of the workflow. */
  readonly operationsKey: EncryptionKey;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Watches what a model is asked and how well it answers: by schedule a workflow runs the drift job on what the endpoint
 * recorded and publishes its figures, alert policies judge them, and what they find can start a retraining.
 */
export class DriftMonitor extends Construct {
  public readonly workflow: Workflow;
  /** What the job runs as. */
  public readonly job: Workload;
  public readonly code: JobCode;
  /** What the plan tells the job, a file for each kind of run. */
  public readonly config: JobCode;
  /** By the kind of the run that they start. */
  public readonly schedules: Readonly<Record<string, CloudSchedulerJob>>;
  /** By the name of the signal. */
  public readonly alarms: Readonly<Record<string, AlertPolicy>>;

  /** @throws Error for a network without an attachment, and for a route that has no channel. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: DriftMonitorProps,
  ) {
    super(scope, id);
    const { target, names, plan, spec, artifacts, records, registry, roles, network, labels = {} } = props;
    const { model } = plan;
    const region = knownRegion(this, target);
    const lake = props.lake?.grantors;
    this.code = new JobCode(this, 'Code', { artifacts, job: 'drift' });
    this.config = new JobCode(this, 'Config', {
      artifacts,
      job: `config-${model}`,
      files: Object.fromEntries(plan.runs.map((run) => [configFile(run), JSON.stringify(run.config)])),
    });
    const accountId = names.of('serviceAccount', 'drift', model);
    const access = gcpDriftAccess(model, spec);
    this.job = new Workload(this, 'Job', {
      target,
      accountId,
      access,
      grantors: {
        ...network.grantors,
        ...artifacts.grantors,
        log: (_verb, _name, to) => grantLog(target, to),
      },
      description: `Drift job of ${model}`,
    });
    artifacts.grants.mount(
      access.flatMap(({ kind, name }) => (kind === 'prefix' ? name : [])),
      this.job,
    );
    this.workflow = new Workflow(this, 'Workflow', {
      target,
      names,
      name: this.workflowName,
      description: `Watches drift and quality of ${model}`,
      source: watchWorkflow({
        target,
        platform: props.alerts.platform,
        plan,
        modelId: registry.modelId,
        captures: { databaseName: names.of('database', 'captures', model), tableName: CAPTURE_TABLE },
        tables: Object.fromEntries(
          Object.entries(props.lake?.datasets ?? {}).map(([dataset, { zone, tableName }]) => [
            dataset,
            { databaseName: zone.databaseName, tableName },
          ]),
        ),
        artifactsBucket: artifacts.bucketName,
        references: referencePrefixes(model, spec),
        code: this.code.path,
        config: this.config.path,
        image: gcpJobImage(region),
        machine: driftMachine(plan.machine, region),
        account: this.job.email,
        encryptionKeyId: props.encryptionKey.id,
        labels,
        attachment: attachmentOf(this, network, 'drift jobs'),
      }),
      env: recordsEnv(records.bucketName),
      accountId: names.of('serviceAccount', 'watch', model),
      access: gcpDriftWatchAccess(model, spec),
      grantors: {
        ...announceGrantors(target),
        ...records.grantors,
        ...artifacts.grantors,
        ...registry.grantors,
        ...lake,
        capture: (_verb, _name, to) => this.grantCaptures(to),
        job: (_verb, _name, to) => {
          roles.grant('run-jobs', to);
          grantActAs(target, accountId, this.job.serviceAccount, to);
        },
        metric: (_verb, _name, to) => grantOnProject('roles/monitoring.metricWriter', target, to),
      },
      encryptionKey: props.operationsKey,
      after: [...this.code.ready, ...this.config.ready, ...this.job.ready],
      labels,
    });
    this.schedules = this.schedule();
    this.alarms = this.alarm();
    this.announceFailures();
  }

  private get workflowName(): string {
    return this.props.names.of('compute', 'drift', this.props.plan.model);
  }

  private scheduleName(kind: WatchKind): string {
    return this.props.names.of('compute', 'watch', kind, this.props.plan.model);
  }

  private get executions(): string {
    const { target } = this.props;
    return consoleLink(target, `workflows/workflow/${target.region}/${this.workflowName}/executions`);
  }

  /** The copy of requests is a query of the dataset that the endpoint records in. */
  private grantCaptures(to: IGrantee): void {
    const { target, captures } = this.props;
    grantOnce(to, { id: 'Captures' }, (scope, id) => {
      return new BigqueryDatasetIamMember(scope, id, {
        project: target.project,
        datasetId: captures.dataset.datasetId,
        role: 'roles/bigquery.dataViewer',
        member: to.member,
      });
    });
    grantOnProject('roles/bigquery.jobUser', target, to);
  }

  private schedule(): Readonly<Record<string, CloudSchedulerJob>> {
    const { target, names, plan } = this.props;
    const trigger = new Workload(this, 'Trigger', {
      target,
      accountId: names.of('serviceAccount', 'wakes', plan.model),
      access: gcpDriftTriggerAccess(plan.model),
      grantors: { machine: (_verb, _name, to) => this.workflow.grantStart(target, to) },
      description: `Starts ${this.workflowName}`,
    });
    return Object.fromEntries(
      plan.runs.map(({ kind }) => [
        kind,
        workflowSchedule(this, `Schedule-${kind}`, {
          target,
          name: this.scheduleName(kind),
          description: `Measures ${kind} of ${plan.model}`,
          schedule: plan.schedule.cron,
          timeZone: plan.schedule.timeZone,
          workflow: this.workflow,
          argument: { kind },
          trigger,
        }),
      ]),
    );
  }

  private alarm(): Readonly<Record<string, AlertPolicy>> {
    const { plan, alerts, routes = {}, retraining } = this.props;
    return Object.fromEntries(
      plan.signals.metrics.map((signal) => {
        const channel = signal.route === undefined ? alerts : routes[signal.route];
        if (channel === undefined)
          throw new Error(`${this.node.path}: there is no channel of the route '${signal.route}'`);
        return [
          signal.name,
          channel.alarm(this, `Alarm-${signal.name}`, {
            signal,
            condition: driftCondition(signal, alerts.platform),
            where: `the report that the last execution names: ${this.executions}`,
            ...(retraining === undefined ? {} : { also: [retraining] }),
          }),
        ];
      }),
    );
  }

  private announceFailures(): void {
    const { plan, alerts } = this.props;
    alerts.announce(this, 'Failed', {
      signal: plan.signals.failed,
      where: `the executions of ${this.executions}`,
      filter: failedOrSilent({
        platform: alerts.platform,
        workflow: this.workflowName,
        signal: plan.signals.failed,
        announcedErrors: [WATCH_ANNOUNCED],
        schedules: plan.runs.map(({ kind }) => this.scheduleName(kind)),
      }),
      fields: ANNOUNCED_FIELDS,
    });
  }
}
