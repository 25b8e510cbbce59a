import type { WatchMetric } from '../../../plan/drift/drift-metrics';
import { type AslState, call, expr } from '../../machine/asl';
import { oneLine } from '../../machine/one-line';
import { retry } from '../../machine/retry';
import { DRIFT_NAMESPACE, DRIFT_UNITS, MODEL_DIMENSION, PLATFORM_DIMENSION } from '../drift-namespace';
import type { DriftMachineProps } from './drift-props';

/** A state that publishes figures, given JSONata for a list of them. */
export const publish = (data: string, next: string): AslState =>
  call(
    'cloudwatch:putMetricData',
    { Namespace: DRIFT_NAMESPACE, MetricData: expr(data) },
    { Retry: retry(), Next: next },
  );

/** JSONata for a figure as CloudWatch is given it. */
export const datumOf = ({ platform, plan }: DriftMachineProps, { name, unit }: WatchMetric, value: string): string =>
  oneLine(`{ 'MetricName': '${name}', 'Unit': '${DRIFT_UNITS[unit]}', 'Value': ${value}, 'Dimensions': [
    { 'Name': '${PLATFORM_DIMENSION}', 'Value': '${platform}' }, { 'Name': '${MODEL_DIMENSION}', 'Value': '${plan.model}' }
  ] }`);
