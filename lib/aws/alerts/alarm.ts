import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { alertTitle } from '../../plan/alert-message';
import type { AlarmProps, IAlerts } from './alert-channel';

/**
 * An alarm that goes off in the first period in which the metric reaches the threshold of a signal. Missing data is
 * fine: what is measured here counts things that should not happen.
 * @throws Error when the signal has no threshold.
 */
export function signalAlarm(scope: Construct, id: string, channel: IAlerts, props: AlarmProps): cloudwatch.Alarm {
  const { signal, metric } = props;
  if (signal.threshold === undefined)
    throw new Error(`${scope.node.path}: the signal ${signal.name} has no threshold, so no alarm can watch it`);
  const alarm = new cloudwatch.Alarm(scope, id, {
    metric,
    threshold: signal.threshold,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    alarmDescription: `${alertTitle(signal)}. ${signal.text}`,
  });
  alarm.addAlarmAction(channel.action);
  return alarm;
}
