import { Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { alertTitle } from '../../plan/alert-message';
import { textOn } from '../../plan/signal-text';
import type { Signal } from '../../plan/signals';
import type { AlarmProps, IAlerts, Judgement } from './alert-channel';

/**
 * How a metric is judged that counts things which should not happen: bad in the first period that reaches the threshold,
 * and fine where there is no data.
 */
export const DEFAULT_JUDGEMENT = { bad: 'from', datapoints: 1, missing: 'good' } as const satisfies Partial<Judgement>;

/** Characters of the text of an alarm. Source: CloudWatch API reference, PutMetricAlarm, AlarmDescription. */
const MAX_DESCRIPTION = 1024;

const COMPARISON: Readonly<Record<Judgement['bad'], cloudwatch.ComparisonOperator>> = {
  from: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  above: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
  below: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
};

const MISSING: Readonly<Record<Judgement['missing'], cloudwatch.TreatMissingData>> = {
  good: cloudwatch.TreatMissingData.NOT_BREACHING,
  bad: cloudwatch.TreatMissingData.BREACHING,
};

/**
 * An alarm that tells the channel when a metric is bad. CloudWatch adds to its text since when it is, of which metric and
 * with which values; the text says what it means, what to do and where to look.
 *
 * @throws Error when the signal has no threshold, or the text is longer than an alarm's may be.
 */
export function signalAlarm(scope: Construct, id: string, channel: IAlerts, props: AlarmProps): cloudwatch.Alarm {
  const { signal, metric, alarmName } = props;
  const { threshold, bad, datapoints, missing } = {
    ...DEFAULT_JUDGEMENT,
    threshold: signal.threshold,
    ...props.judged,
  };
  if (threshold === undefined)
    throw new Error(`${scope.node.path}: the signal ${signal.name} has no threshold, so no alarm can watch it`);
  const alarm = new cloudwatch.Alarm(scope, id, {
    metric,
    threshold,
    comparisonOperator: COMPARISON[bad],
    evaluationPeriods: datapoints,
    treatMissingData: MISSING[missing],
    alarmDescription: descriptionOf(scope, props),
    ...(alarmName === undefined ? {} : { alarmName }),
  });
  alarm.addAlarmAction(channel.action);
  return alarm;
}

/** Text of an alarm: what is wrong, what to do, and where to look where that is known. */
export const alarmText = (signal: Signal, where?: string): string =>
  `${alertTitle(signal)}. ${textOn('aws', signal)}${where === undefined ? '' : ` Where to look: ${where}`}`;

function descriptionOf(scope: Construct, { signal, where }: AlarmProps): string {
  const text = alarmText(signal, where);
  if (text.length > MAX_DESCRIPTION && !Token.isUnresolved(text))
    throw new Error(
      `${scope.node.path}: the text of the alarm ${signal.name} has ${text.length} characters, and an alarm holds ${MAX_DESCRIPTION}`,
    );
  return text;
}
