import type { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { championPath } from '../../plan/serving-access';
import { consoleLink } from '../alerts/console-link';
import { endpointLogGroup } from '../serving-endpoint/endpoint-names';

/** Where alarms of a model that serves send their readers. */
export interface WhereToLook {
  readonly model: string;
  readonly endpointName: string;
  /** Dashboard of the model. Default: it has none. */
  readonly dashboardName?: string;
  /** Names of the plan, which say where the version that serves is on record. Default: nobody says so. */
  readonly names?: PlatformNames;
}

/** Where to look when an alarm of a model goes off: its dashboard, its log, and the record of the version that serves. */
export function whereToLook(scope: Construct, { model, endpointName, dashboardName, names }: WhereToLook): string {
  return [
    ...(dashboardName === undefined
      ? []
      : [`the dashboard ${consoleLink(scope, 'cloudwatch', `#dashboards/dashboard/${dashboardName}`)}`]),
    `the log ${endpointLogGroup(endpointName)}`,
    ...(names === undefined
      ? []
      : [`the version that serves, and since when, is in the parameter ${names.parameter(...championPath(model))}`]),
  ].join('; ');
}
