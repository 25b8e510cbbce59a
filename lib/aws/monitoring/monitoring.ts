import { Duration, Names } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { channelFor } from '../../plan/alert-routes';
import type { MonitoringInput, ServingInput } from '../../plan/endpoint-plan';
import type { PlatformNames } from '../../plan/names';
import { requireProps } from '../../plan/props';
import type { MetricSignal } from '../../plan/serving-signals';
import type { MonitoringSpec } from '../../spec/monitoring';
import { hasGpu, type ServingSpec } from '../../spec/serving';
import type { IAlerts } from '../alerts/alert-channel';
import { planEndpoint } from '../serving-endpoint/serving-spec';
import { type EndpointMetric, endpointJudgement, endpointMetric, type MachineShape } from './endpoint-metrics';
import { ModelDashboard } from './model-dashboard';
import { alarmName, modelDashboardName } from './monitoring-names';
import { stackSignals } from './watched-model';
import { whereToLook } from './where-to-look';

export interface MonitoringProps {
  /** Name of the model: `fraud-detector`. */
  readonly model: string;
  /** Endpoint that serves it. It need not be there yet: until it is, there is nothing to measure. */
  readonly endpointName: string;
  /** How it serves, as a spec has it (`{ machine: 'large' }`) or parsed from one. */
  readonly serving: ServingInput | ServingSpec;
  /** Its thresholds, likewise (`{ latencyP95: '200 ms', noTraffic: 'off' }`). Default: DEFAULT_MONITORING. */
  readonly monitoring?: MonitoringInput | MonitoringSpec;
  /** Who is told. */
  readonly alerts: IAlerts;
  /** Who is told of thresholds that name a route, by its name. Default: no threshold names one. */
  readonly routes?: Readonly<Record<string, IAlerts>>;
  /**
   * Names of the platform: alarms and dashboard get names of the plan, so that the dashboard of the platform finds them,
   * and alarms say where the version that serves is on record. Default: generated names.
   */
  readonly names?: PlatformNames;
}

/**
 * Alarms and a dashboard for a model that serves. The alarms watch all its versions together; whatever takes a rollout
 * back watches the new one alone, and is armed by the machine that rolls out. So is the alarm for no traffic, which would
 * go off before a first version serves.
 *
 * AWS has no incident service that is open to new customers (Incident Manager of Systems Manager is closed), so an alarm
 * carries what a report of an incident needs: what is wrong and since when, what to do, where to look, and where the
 * version that serves is on record.
 */
export class Monitoring extends Construct {
  public readonly endpointName: string;
  /** Alarms by the name of their signal. */
  public readonly alarms: Readonly<Record<string, cloudwatch.IAlarm>>;
  public readonly dashboard: cloudwatch.Dashboard;

  /**
   * @throws SpecError when serving or monitoring are not what a spec allows, or cannot be had in the region of the stack;
   *   Error when something is missing, or a threshold names a route that is not here.
   */
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    requireProps(this, props, ['model', 'endpointName', 'serving', 'alerts']);
    const { model, endpointName, names } = props;
    this.endpointName = endpointName;
    const plan = planEndpoint(this, model, { serving: props.serving, monitoring: props.monitoring });
    const { machine } = plan;
    const dashboardName =
      names === undefined
        ? Names.uniqueResourceName(this, { maxLength: 128, separator: '-' })
        : modelDashboardName(names, model);
    const where = whereToLook(this, {
      model,
      endpointName,
      dashboardName,
      ...(names === undefined ? {} : { names }),
    });

    const signals = stackSignals(model, plan);
    const channelOf = channelFor(signals, props.alerts, props.routes);
    this.alarms = Object.fromEntries(
      signals.map((signal) => [
        signal.name,
        this.watch(signal, machine, where, { ...props, alerts: channelOf(signal) }),
      ]),
    );
    this.dashboard = new ModelDashboard(this, 'Dashboard', {
      model,
      endpointName,
      dashboardName,
      machine,
      hasGpu: hasGpu(plan.serving),
      signals: plan.signals.metrics,
      alarms: Object.values(this.alarms),
      ...(names === undefined ? {} : { platform: names.slug }),
    }).dashboard;
  }

  /** A metric of the endpoint by its official name, over all its versions. */
  metric(metricName: EndpointMetric, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return endpointMetric(metricName, this.endpointName, options);
  }

  private watch(
    signal: MetricSignal,
    machine: MachineShape,
    where: string,
    { alerts, names }: MonitoringProps,
  ): cloudwatch.IAlarm {
    const judged = endpointJudgement(signal, machine);
    const { metricName, statistic, periodSeconds } = judged;
    return alerts.alarm(this, `Alarm-${signal.watches}`, {
      signal,
      metric: this.metric(metricName, { statistic, period: Duration.seconds(periodSeconds) }),
      judged,
      where,
      ...(names === undefined ? {} : { alarmName: alarmName(names, signal) }),
    });
  }
}
