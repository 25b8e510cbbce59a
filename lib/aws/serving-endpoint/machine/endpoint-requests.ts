import type { RolloutPlan } from '../../../plan/rollout';
import { VARIANT } from '../../../plan/rollout';
import type { MetricSignal } from '../../../plan/serving-signals';
import { alarmText } from '../../alerts/alarm';
import { expr } from '../../machine/asl';
import { endpointJudgement, type MachineShape } from '../../monitoring/endpoint-metrics';

/** What an endpoint runs on, whatever it serves. Values may be tokens. */
export interface HostingSettings {
  /** Name of the machine as SageMaker wants it: `ml.g6.xlarge`. */
  readonly instanceType: string;
  readonly replicas: { readonly min: number; readonly max: number };
  readonly executionRoleArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** Key of the machines' disks; none where storage is local, which the hardware encrypts and which refuses a key. */
  readonly volumeKeyArn?: string;
  /** Requests that are recorded: their share in percent, the folder of the model, with a slash at the end, and the key there. */
  readonly capture?: { readonly sampling: number; readonly uri: string; readonly keyArn: string };
}

/**
 * CreateModel without name and tags, and without what SageMaker fills in itself. An isolated container could not publish
 * what it measures, so none is. Source: SageMaker developer guide, "Deploy a Model from the Registry".
 */
export const modelRequest = (
  { executionRoleArn, subnetIds, securityGroupId }: HostingSettings,
  packageArn: string,
) => ({
  Containers: [{ ModelPackageName: packageArn }],
  ExecutionRoleArn: executionRoleArn,
  VpcConfig: { Subnets: subnetIds, SecurityGroupIds: [securityGroupId] },
});

/**
 * CreateEndpointConfig without name and tags, given the variables `$name` and `$version` of a machine. Each version records
 * into a folder of its own: what one answers that is being tried is no answer of the version that serves.
 */
export const configRequest = (settings: HostingSettings) =>
  configOf(settings, expr('$name'), expr(`'${settings.capture?.uri}' & $version`));

const configOf = (settings: HostingSettings, modelName: string, captureUri: string) => ({
  ProductionVariants: [
    {
      VariantName: VARIANT,
      ModelName: modelName,
      InstanceType: settings.instanceType,
      InitialInstanceCount: settings.replicas.min,
    },
  ],
  ...(settings.capture === undefined ? {} : { DataCaptureConfig: captureConfig(settings.capture, captureUri) }),
  ...(settings.volumeKeyArn === undefined ? {} : { KmsKeyId: settings.volumeKeyArn }),
});

const captureConfig = ({ sampling, keyArn }: NonNullable<HostingSettings['capture']>, uri: string) => ({
  EnableCapture: true,
  InitialSamplingPercentage: sampling,
  DestinationS3Uri: uri,
  KmsKeyId: keyArn,
  CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
});

/** Everything in requests that makes one configuration another, as lines of text in an order that never changes. */
export function fingerprint(settings: HostingSettings): readonly string[] {
  return lines('', { ...modelRequest(settings, ''), ...configOf(settings, '', settings.capture?.uri ?? '') });
}

function lines(path: string, value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${path}=${String(value)}`];
  return Object.entries(value).flatMap(([key, inner]) => lines(`${path}/${key}`, inner));
}

/**
 * DeploymentConfig of an update: the steps of the plan. SageMaker is asked for the share of the first step, of a fleet of
 * whatever size it finds.
 *
 * @param alarmNames - alarms that take the update back
 */
export function deploymentConfig(plan: RolloutPlan, alarmNames: readonly string[]) {
  const [first] = plan.steps;
  const size = { Type: 'CAPACITY_PERCENT', Value: first?.share ?? 100 };
  const wait = { WaitIntervalInSeconds: first?.waitSeconds ?? 0 };
  const routing =
    plan.strategy === 'allAtOnce' || plan.steps.length < 2
      ? { Type: 'ALL_AT_ONCE', ...wait }
      : plan.strategy === 'canary'
        ? { Type: 'CANARY', ...wait, CanarySize: size }
        : { Type: 'LINEAR', ...wait, LinearStepSize: size };
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: routing,
      TerminationWaitInSeconds: plan.terminationWaitSeconds,
      MaximumExecutionTimeoutInSeconds: plan.maximumSeconds,
    },
    ...(alarmNames.length === 0
      ? {}
      : { AutoRollbackConfiguration: { Alarms: alarmNames.map((AlarmName) => ({ AlarmName })) } }),
  };
}

/** The same rollout with all traffic at once: for the way back by hand, where every minute counts. */
export const atOnce = (plan: RolloutPlan): RolloutPlan => ({ ...plan, strategy: 'allAtOnce' });

/** PutMetricAlarm without name, dimensions, actions and tags. */
export interface EndpointAlarm {
  readonly watches: MetricSignal['watches'];
  readonly AlarmDescription: string;
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
}

/** A signal as an alarm that a machine puts. `where` says where to look, to whoever is told. */
export function endpointAlarm(signal: MetricSignal, machine: MachineShape, where?: string): EndpointAlarm {
  const judged = endpointJudgement(signal, machine);
  return {
    watches: signal.watches,
    AlarmDescription: alarmText(signal, where),
    Namespace: judged.namespace,
    MetricName: judged.metricName,
    ...(judged.statistic === 'p95' ? { ExtendedStatistic: 'p95' } : { Statistic: judged.statistic }),
    Period: judged.periodSeconds,
    EvaluationPeriods: judged.datapoints,
    Threshold: judged.threshold,
    ComparisonOperator: judged.bad === 'below' ? 'LessThanThreshold' : 'GreaterThanThreshold',
    TreatMissingData: judged.missing === 'good' ? 'notBreaching' : 'breaching',
  };
}

/** PutMetricAlarm for an alarm on the endpoint, or on one of its configurations alone. */
export function alarmRequest(
  { watches: _, ...alarm }: EndpointAlarm,
  name: string,
  where: { readonly endpoint: string; readonly config?: string },
) {
  const dimensions = {
    EndpointName: where.endpoint,
    VariantName: VARIANT,
    ...(where.config === undefined ? {} : { EndpointConfigName: where.config }),
  };
  return {
    AlarmName: name,
    ...alarm,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  };
}
