import { MonitoringDashboard } from '@cdktf/provider-google/lib/monitoring-dashboard';
import { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import type { Target } from '../target';
import { COLUMNS, chart, dashboardJson, incidents, number } from './dashboard-json';
import { platformDashboardName } from './monitoring-names';
import { championAgeDays, modelsInProduction } from './scorecard-metrics';

export interface PlatformDashboardProps {
  readonly target: Target;
  readonly names: PlatformNames;
}

const HEIGHT = 16;

/**
 * All models of a platform: how many serve, how old their versions are, and alerts that are open. Google numbers alert
 * policies, and those of models are in other stacks, so the list is of the whole project; a policy's name begins with its
 * platform's.
 */
export class PlatformDashboard extends Construct {
  public readonly resource: MonitoringDashboard;

  constructor(scope: Construct, id: string, { target, names }: PlatformDashboardProps) {
    super(scope, id);
    this.resource = new MonitoringDashboard(this, 'Dashboard', {
      project: target.project,
      dashboardJson: dashboardJson(platformDashboardName(names), [
        {
          height: HEIGHT,
          widgets: [
            { width: COLUMNS / 4, widget: number('Models in production', modelsInProduction(names.slug)) },
            {
              width: (3 * COLUMNS) / 4,
              widget: chart({
                title: 'Age of the versions that serve, in days',
                unit: 'days',
                lines: [{ query: championAgeDays(names.slug) }],
              }),
            },
          ],
        },
        { height: HEIGHT, widgets: [{ width: COLUMNS, widget: incidents('Open alerts of the project') }] },
      ]),
    });
  }
}
