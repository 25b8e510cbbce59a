import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { SCORECARD_METRICS } from '../../plan/scorecard';
import { alarmName, platformDashboardName } from './monitoring-names';
import {
  MODEL_DIMENSION,
  modelsInProductionMetric,
  PLATFORM_DIMENSION,
  SCORECARD_NAMESPACE,
} from './scorecard-metrics';
import { searchMetrics } from './search';
import { stackSignals, type WatchedModel } from './watched-model';

export interface PlatformDashboardProps {
  readonly names: PlatformNames;
  /** Models whose alarms are shown, those that serve; `Monitoring` may make them in other stacks. Default: none. */
  readonly models?: Readonly<Record<string, WatchedModel>>;
}

const HEIGHT = 6;
const FULL = 24;

/** All models of a platform: how many serve, how old their versions are, and their alarms. */
export class PlatformDashboard extends Construct {
  public readonly dashboard: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, { names, models = {} }: PlatformDashboardProps) {
    super(scope, id);
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: platformDashboardName(names),
      defaultInterval: Duration.days(28),
      periodOverride: cloudwatch.PeriodOverride.INHERIT,
    });
    this.dashboard.addWidgets(
      new cloudwatch.SingleValueWidget({
        title: 'Models in production',
        metrics: [modelsInProductionMetric(names.slug)],
        width: FULL / 4,
        height: HEIGHT,
      }),
      new cloudwatch.GraphWidget({
        title: 'Age of the versions that serve, in days',
        left: [ages(names.slug)],
        leftYAxis: { min: 0 },
        width: (3 * FULL) / 4,
        height: HEIGHT,
      }),
    );
    for (const [model, watched] of Object.entries(models)) {
      const alarms = stackSignals(model, watched).map((signal) => this.alarm(alarmName(names, signal)));
      if (alarms.length > 0)
        this.dashboard.addWidgets(
          new cloudwatch.AlarmStatusWidget({ title: model, alarms, width: FULL, height: HEIGHT / 2 }),
        );
    }
  }

  private alarm(name: string): cloudwatch.IAlarmRef {
    const alarmArn = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return cloudwatch.Alarm.fromAlarmArn(this, `Alarm-${name}`, alarmArn);
  }
}

/** The ages of all models that have one, also of those that left the spec. */
const ages = (platform: string): cloudwatch.IMetric =>
  searchMetrics({
    namespace: SCORECARD_NAMESPACE,
    metricName: SCORECARD_METRICS.championAge.name,
    dimensions: { [PLATFORM_DIMENSION]: platform },
    each: MODEL_DIMENSION,
    statistic: 'Maximum',
    period: Duration.days(1),
    divisor: Duration.days(1).toSeconds(),
  });
