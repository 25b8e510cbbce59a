import type { PlatformNames } from '../../plan/names';

/** What the dashboard of a model is called. Google numbers dashboards; this is for people. */
export const modelDashboardName = (names: PlatformNames, model: string): string => names.of('rule', 'model', model);

/** What the dashboard over all models is called. */
export const platformDashboardName = (names: PlatformNames): string => names.of('rule', 'models');
