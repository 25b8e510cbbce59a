import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { channelFor } from '../../plan/alert-routes';
import { GCP_UNMEASURED } from '../../plan/gcp-unmeasured';
import { gcpMachines } from '../../plan/machines/gcp-machines';
import type { PlatformNames } from '../../plan/names';
import { championPath } from '../../plan/serving-access';
import { servingMachine } from '../../plan/serving-feasibility';
import { type MetricSignal, servingSignals, unmeasuredFindings } from '../../plan/serving-signals';
import type { MonitoringSpec } from '../../spec/monitoring';
import { hasGpu, type ServingSpec } from '../../spec/serving';
import type { AlertChannel } from '../alerts/alert-channel';
import type { AlertPolicy } from '../alerts/alert-policy';
import { consoleLink, logLink } from '../alerts/console-link';
import { refuseProps } from '../props';
import type { Target } from '../target';
import { knownRegion } from '../tokens';
import { endpointCondition } from './endpoint-condition';
import { type EndpointMetric, endpointMetric } from './endpoint-metrics';
import type { MachineShape } from './endpoint-values';
import { ModelDashboard } from './model-dashboard';
import { modelDashboardName } from './monitoring-names';
import type { Labels } from './promql';

export interface MonitoringProps {
  readonly target: Target;
  /** Name of the model: `fraud-detector`. */
  readonly model: string;
  /** Number of the endpoint that serves it. Until a first version serves there is nothing to measure. */
  readonly endpointName: string;
  /** How it serves. */
  readonly serving: Pick<ServingSpec, 'accelerator' | 'machine' | 'rollout'>;
  /** Its thresholds. Default: DEFAULT_MONITORING. */
  readonly monitoring?: MonitoringSpec;
  /** Who is told. It says which platform announcements of rollouts come from. */
  readonly alerts: AlertChannel;
  /** Who is told of thresholds that name a route, by its name. Default: no threshold names one. */
  readonly routes?: Readonly<Record<string, AlertChannel>>;
  /** Names of the platform: the scorecard of that knows the age of the version that serves. Default: there is none. */
  readonly names?: PlatformNames;
  /** Bucket of the record of the version that serves, for whoever is told to look there. Default: unknown. */
  readonly recordsBucket?: string;
}

/**
 * Alerts and a dashboard for a model that serves: what is measured of its endpoint, over all its versions together, and
 * every end of a rollout that somebody is told of. Whatever takes a rollout back watches the new version alone, in the
 * rollout itself.
 */
export class Monitoring extends Construct {
  public readonly endpointName: string;
  /** Alert policies of what is measured, by the name of their signal. */
  public readonly alarms: Readonly<Record<string, AlertPolicy>>;
  /** Alert policies of the ends of rollouts, by the name of their signal. */
  public readonly announcements: Readonly<Record<string, AlertPolicy>>;
  public readonly dashboard: ModelDashboard;

  /**
   * @throws SpecError for a threshold of what is not measured; Error when no machine serves what the spec says in this
   * region, or a threshold names a route that is not here.
   */
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { target, model, endpointName, serving, alerts, names } = props;
    this.endpointName = endpointName;
    if (props.monitoring !== undefined)
      refuseProps(
        this,
        unmeasuredFindings(props.monitoring, GCP_UNMEASURED).map((one) => ({
          ...one,
          path: ['monitoring', ...one.path],
        })),
      );
    const machine = machineOf(this, serving, knownRegion(this, target));
    const displayName = names === undefined ? `${alerts.platform} ${model}` : modelDashboardName(names, model);
    const where = whereToLook(displayName, props);
    const { metrics, outcomes } = servingSignals(model, serving, props.monitoring, GCP_UNMEASURED);

    const channelOf = channelFor(metrics, alerts, props.routes);
    this.alarms = Object.fromEntries(
      metrics.map((signal) => [signal.name, this.watch(signal, machine, where, channelOf(signal))]),
    );
    this.announcements = Object.fromEntries(
      Object.entries(outcomes).map(([outcome, signal]) => [
        signal.name,
        alerts.announce(this, `Outcome-${outcome}`, { signal, where }),
      ]),
    );
    this.dashboard = new ModelDashboard(this, 'Dashboard', {
      target,
      model,
      endpointName,
      displayName,
      machine,
      hasGpu: hasGpu(serving),
      signals: metrics,
      // As the dashboard wants them: without the project.
      policies: Object.values(this.alarms).map(({ resource }) => `alertPolicies/${Fn.basename(resource.id)}`),
      ...(names === undefined ? {} : { platform: names.slug }),
    });
  }

  /** A metric of the endpoint by its official name, over all its versions, in PromQL. */
  metric(metric: EndpointMetric, labels: Labels = {}): string {
    return endpointMetric(metric, this.endpointName, labels);
  }

  private watch(signal: MetricSignal, machine: MachineShape, where: string, alerts: AlertChannel): AlertPolicy {
    const condition = endpointCondition(signal, { endpointName: this.endpointName, machine });
    return alerts.alarm(this, `Alarm-${signal.watches}`, { signal, condition, where });
  }
}

function whereToLook(displayName: string, { target, model, endpointName, recordsBucket }: MonitoringProps): string {
  const { region } = target;
  const endpoint = consoleLink(target, `vertex-ai/online-prediction/locations/${region}/endpoints/${endpointName}`);
  const log = logLink(
    target,
    `resource.type="aiplatform.googleapis.com/Endpoint" AND resource.labels.endpoint_id="${endpointName}"`,
  );
  const record =
    recordsBucket === undefined
      ? ''
      : `; the version that serves, and since when, is in gs://${recordsBucket}/${championPath(model).join('/')}`;
  return `the dashboard ${displayName} of Cloud Monitoring; the endpoint ${endpoint}; its log ${log}${record}`;
}

function machineOf(
  scope: Construct,
  serving: Pick<ServingSpec, 'accelerator' | 'machine'>,
  region: string,
): MachineShape {
  const choice = servingMachine(gcpMachines, serving, region);
  if (!choice.ok) throw new Error(`${scope.node.path}: ${choice.reason}. Allowed: ${choice.allowed.join('; ')}`);
  return choice.machine;
}
