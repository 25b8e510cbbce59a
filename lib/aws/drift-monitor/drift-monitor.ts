import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PREFIXES } from '../../plan/access';
import { channelFor } from '../../plan/alert-routes';
import {
  driftPrefix,
  driftTriggerAccess,
  driftWatchAccess,
  referencePrefixes,
  type Watched,
} from '../../plan/drift/drift-access';
import type { DriftPlan, WatchRun } from '../../plan/drift/drift-plan';
import type { WatchSignal } from '../../plan/drift/drift-signals';
import type { PlatformNames } from '../../plan/names';
import { awsCron } from '../../plan/pipeline/cron';
import { VARIANT } from '../../plan/rollout';
import { capturePrefix, championPath } from '../../plan/serving-access';
import { allow } from '../access/grant-statement';
import { serviceOfThisAccount, Workload } from '../access/workload';
import type { IAlerts } from '../alerts/alert-channel';
import { consoleLink } from '../alerts/console-link';
import { announceSilentEnds } from '../alerts/silent-ends';
import type { IArtifactStore } from '../artifact-store/artifact-store';
import type { IDataLake } from '../data-lake/data-lake';
import { JOB_LOG_GROUPS } from '../jobs/job-logs';
import type { IKeys } from '../keys/keys';
import { Machine } from '../machine/machine';
import type { IModelRegistry } from '../model-registry/registry-entry';
import { alarmName } from '../monitoring/monitoring-names';
import type { INetwork } from '../network/network';
import type { Freezable } from '../training-pipeline/machine/freeze-states';
import { watchGrantors } from './drift-grants';
import { DriftJob } from './drift-job';
import { driftMetric } from './drift-namespace';
import { driftMachine } from './machine/drift-machine';
import type { WatchRequest } from './machine/drift-props';

/** Minutes within which a run begins: models that are watched by one schedule do not all begin at once. */
export const DRIFT_SCHEDULE_WINDOW_MINUTES = 30;

export interface DriftMonitorProps {
  /** What is watched and when: `planDrift(model, spec, names)`. */
  readonly plan: DriftPlan;
  /** The same spec of the model. */
  readonly spec: Watched;
  readonly names: PlatformNames;
  /** Endpoint whose requests are recorded. It need not be there yet. */
  readonly endpointName: string;
  /** The model's entry in the registry. */
  readonly registry: IModelRegistry;
  /** Network that the job runs in. */
  readonly network: INetwork;
  /** Where requests are recorded, results of trainings and snapshots are, and what the job finds goes. */
  readonly artifacts: IArtifactStore;
  readonly keys: IKeys;
  /** The lake with the labels and the dataset to compare with. Absent where the plan names neither. */
  readonly lake?: IDataLake;
  /** Who is told. */
  readonly alerts: IAlerts;
  /** Who is told of thresholds that name a route, by its name. Default: no threshold names one. */
  readonly routes?: Readonly<Record<string, IAlerts>>;
  /** Takes what could not start the machine. */
  readonly deadLetterQueue: sqs.IQueue;
}

/**
 * Watches whether a model is asked for something else than what it was trained on, and how well it answers once labels have
 * come: a job that compares, the machine that runs it by schedule and publishes its figures, and alarms on them. It runs on
 * an image that AWS provides and has no network, so there is nothing to build, to install or to reach.
 *
 * SageMaker Model Monitor takes no new customers. Source: SageMaker developer guide, "Model Monitor availability change".
 */
export class DriftMonitor extends Construct {
  public readonly job: DriftJob;
  public readonly machine: Machine;
  /** What starts the machine. */
  public readonly trigger: Workload;
  /** By the kind of the run. */
  public readonly schedules: Readonly<Record<string, scheduler.CfnSchedule>>;
  /** Alarms by the name of their signal. */
  public readonly alarms: Readonly<Record<string, cloudwatch.IAlarm>>;

  /**
   * @throws Error where the region has no image or machine for the job, the lake lacks a dataset of the plan, or a threshold
   *   names a route that is not here.
   */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: DriftMonitorProps,
  ) {
    super(scope, id);
    const { plan, keys, network, artifacts, spec } = props;
    this.job = new DriftJob(this, 'Job', { plan, spec, network, artifacts, encryptionKey: keys.artifacts });
    this.machine = this.watchMachine();
    this.job.grantRun(this.machine.workload);
    this.trigger = this.startedBy();
    this.schedules = Object.fromEntries(plan.runs.map((run) => [run.kind, this.schedule(run)]));
    const channelOf = channelFor(plan.signals.metrics, props.alerts, props.routes);
    this.alarms = Object.fromEntries(
      plan.signals.metrics.map((signal) => [signal.name, this.alarm(signal, channelOf(signal))]),
    );
    announceSilentEnds(this, 'SilentEnds', props.alerts, {
      machineArn: this.machine.arn,
      signal: plan.signals.failed,
      deadLetterQueue: props.deadLetterQueue,
    });
  }

  /** A figure by the name that the plan gives it, such as DriftShare. */
  metric(name: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return driftMetric(name, { platform: this.props.names.slug, model: this.props.plan.model }, options);
  }

  private watchMachine(): Machine {
    const { plan, spec, names, endpointName, registry, artifacts, keys, lake, alerts } = this.props;
    const { model, reference, runs } = plan;
    const labels = runs.find(({ kind }) => kind === 'quality')?.labels;
    return new Machine(this, 'Machine', {
      definition: driftMachine({
        platform: names.slug,
        plan,
        championParameter: names.parameter(...championPath(model)),
        bucket: artifacts.bucket.bucketName,
        prefixes: {
          captures: { model: capturePrefix(model), variant: `${endpointName}/${VARIANT}` },
          references: referencePrefixes(model, spec),
          runs: driftPrefix(model),
          snapshots: PREFIXES.snapshots,
        },
        frozen: {
          ...(reference === undefined ? {} : { reference: this.freezable(reference) }),
          ...(labels === undefined ? {} : { labels: this.freezable(labels) }),
          workgroup: lake?.workgroup ?? '',
        },
        job: this.job.settings,
        topicArn: alerts.topic.topicArn,
        links: {
          executions: consoleLink(this, 'states', '#/v2/executions/details/'),
          logs: `${JOB_LOG_GROUPS.processing}, `,
        },
      }),
      access: driftWatchAccess(model, spec),
      grantors: {
        ...artifacts.grantors,
        ...registry.grantors,
        ...alerts.grantors,
        ...keys.grantors,
        ...watchGrantors(this, { names, ...(lake === undefined ? {} : { lake }) }),
        job: (_verb, _name, to) => this.job.grantJobs(to),
      },
      encryptionKey: keys.operations,
      logName: names.of('machine', model, 'drift'),
    });
  }

  private freezable(dataset: string): Freezable {
    const { lake } = this.props;
    const found = lake?.datasets[dataset];
    if (found === undefined)
      throw new Error(
        `${this.node.path}: drift or quality reads the dataset ${dataset}, and the lake has ${Object.keys(lake?.datasets ?? {}).join(', ') || 'none'}. Give the lake that has it.`,
      );
    return { dataset, database: found.zone.databaseName, table: found.tableName };
  }

  private startedBy(): Workload {
    const { plan, keys, deadLetterQueue } = this.props;
    return new Workload(this, 'Trigger', {
      assumedBy: serviceOfThisAccount('scheduler.amazonaws.com', Stack.of(this).account),
      access: driftTriggerAccess(plan.model),
      grantors: {
        ...keys.grantors,
        machine: (_verb, _name, to) => this.machine.grantStart(to),
        queue: (_verb, _name, to) => allow(to, ['sqs:SendMessage'], [deadLetterQueue.queueArn]),
      },
      description: `Starts runs of the drift job of ${plan.model}`,
    });
  }

  /** Scheduler says which time a run is for, so that one that begins late is about the same window. */
  private schedule({ kind }: WatchRun): scheduler.CfnSchedule {
    const { plan, keys, deadLetterQueue } = this.props;
    const request: WatchRequest = { run: kind, at: '<aws.scheduler.scheduled-time>' };
    return new scheduler.CfnSchedule(this, `Schedule-${kind}`, {
      scheduleExpression: awsCron(plan.schedule.cron),
      scheduleExpressionTimezone: plan.schedule.timeZone,
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: DRIFT_SCHEDULE_WINDOW_MINUTES },
      kmsKeyArn: keys.operations.keyArn,
      target: {
        arn: this.machine.arn,
        roleArn: this.trigger.role.roleArn,
        input: JSON.stringify(request),
        deadLetterConfig: { arn: deadLetterQueue.queueArn },
      },
    });
  }

  private alarm(signal: WatchSignal, alerts: IAlerts): cloudwatch.IAlarm {
    const { plan, names, artifacts } = this.props;
    const statistic = signal.bad === 'below' ? cloudwatch.Stats.MINIMUM : cloudwatch.Stats.MAXIMUM;
    return alerts.alarm(this, `Alarm-${signal.metric}`, {
      signal,
      metric: this.metric(signal.metric, { statistic, period: Duration.seconds(signal.periodSeconds) }),
      judged: { threshold: signal.threshold, bad: signal.bad, datapoints: 1, missing: 'good' },
      where: `the newest output/report.html below ${artifacts.uri(driftPrefix(plan.model))}`,
      alarmName: alarmName(names, signal),
    });
  }
}
